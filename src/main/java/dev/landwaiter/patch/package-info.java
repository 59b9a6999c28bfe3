/**
 * JSON Pointer (RFC 6901) and JSON Patch (RFC 6902), as far as an admission webhook writes them.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.patch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
