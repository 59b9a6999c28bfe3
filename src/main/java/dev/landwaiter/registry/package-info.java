/**
 * The OCI distribution client: manifests, blobs and referrers, with credentials shown only to the
 * registry that they are for, and to whom that registry may be believed to name.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
