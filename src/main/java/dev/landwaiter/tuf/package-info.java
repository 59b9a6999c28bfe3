/**
 * Refreshes the trust root of policies without one by TUF: the client of sigstore-java, kept within our transport, limits, deadline and rules
 * about what stays in force.
 *
 * @see <a href="https://theupdateframework.github.io/specification/v1.0.33/#detailed-client-workflow">TUF, the client's workflow</a>
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.tuf;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
