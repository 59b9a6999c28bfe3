/**
 * The OCI distribution client, and the port that it speaks through: manifests, blobs and referrers, with credentials shown only to the
 * registry that they are for, and to whom that registry may be believed to name.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
