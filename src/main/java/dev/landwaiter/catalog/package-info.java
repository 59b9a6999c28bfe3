/**
 * What is recorded of the images that came in: the annotations that only the webhook writes.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.catalog;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
