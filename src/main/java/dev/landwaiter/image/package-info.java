/**
 * The OCI vocabulary as values: references, digests, media types, descriptors, manifests, indexes, image configurations.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.image;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
