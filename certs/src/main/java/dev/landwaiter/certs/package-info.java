/**
 * TLS certificates: loaded from files and watched, or issued by an authority of our own. Knows nothing of servers and images: whoever
 * serves asks a {@link dev.landwaiter.certs.CertificateSource} for what to show and whether it is healthy.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.certs;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
