package dev.landwaiter.verify;

import dev.landwaiter.failure.Failure;
import java.util.List;

/**
 * What was found beside one digest.
 *
 * @param claims in a fixed order: the old form's, then the referrers', each as the registry lists them
 * @param failures of what could not be read, in the same order
 */
record Signatures(List<Claim> claims, List<Failure> failures) {
    Signatures {
        claims = List.copyOf(claims);
        failures = List.copyOf(failures);
    }

    /** Whether all was read that there is, so that the answer may be used again. */
    boolean complete() {
        return failures.isEmpty();
    }

    /** About how many bytes it holds. */
    int weight() {
        int bytes = 256;
        for (Claim claim : claims) {
            bytes += 256;
            if (claim instanceof Claim.Signed signed) {
                bytes += signed.message().length + signed.signature().length;
            }
        }
        return bytes;
    }
}
