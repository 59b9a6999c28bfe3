/**
 * From a reference to an image, remembered: each {@link dev.landwaiter.fetch.ImageFetcher} is a tier that asks the next where it does not
 * know, down to the registry. Single flight, revalidation of tags, and nothing shared between credentials.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.fetch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
