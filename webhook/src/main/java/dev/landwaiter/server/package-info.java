/**
 * The HTTPS server that the API server calls, and the plain HTTP one for health and metrics: bytes in, bytes out. What is decided, and how,
 * is {@link dev.landwaiter.admission.Admission}'s; here are connections, limits, deadlines, TLS and draining.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
