/**
 * Vert.x's HTTP client behind the registry's port: TLS, the address guard, limits, cancellation. Nothing here knows what a registry
 * is; everything here assumes that the peer lies, stalls, or is not who it seems.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
