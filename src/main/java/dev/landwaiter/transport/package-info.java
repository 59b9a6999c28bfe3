/**
 * Vert.x's HTTP client behind the registry's port: TLS, the address guard, limits, cancellation.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
