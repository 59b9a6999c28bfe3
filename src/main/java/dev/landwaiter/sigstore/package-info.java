/**
 * Is this a signature of these bytes, by whom, and when: sigstore bundles and cosign's annotations against a trust root. Offline; knows no
 * registry, no image and no policy.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.sigstore;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
