/**
 * From a reference to an image, remembered: tiers, single flight, revalidation.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.fetch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
