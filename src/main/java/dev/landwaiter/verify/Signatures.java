package dev.landwaiter.verify;

import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found beside one digest.
 *
 * @param claims in a fixed order: the old form's, then the referrers', each as the registry lists them
 * @param failures of what could not be read, in the same order
 * @param bytes that were read
 */
record Signatures(List<Claim> claims, List<Failure> failures, long bytes) {
    static final Signatures NONE = new Signatures(List.of(), List.of(), 0);

    Signatures {
        claims = List.copyOf(claims);
        failures = List.copyOf(failures);
    }

    static Signatures failed(Failure failure) {
        return new Signatures(List.of(), List.of(failure), 0);
    }

    /** The same, with what could not be read told to {@code asker}. */
    Signatures toldTo(Asker asker) {
        return failures.isEmpty()
                ? this
                : new Signatures(
                        claims,
                        failures.stream().map(failure -> failure.toldTo(asker)).toList(),
                        bytes);
    }

    /** Both, in this order. */
    Signatures and(Signatures others) {
        List<Claim> allClaims = new ArrayList<>(claims);
        allClaims.addAll(others.claims);
        List<Failure> allFailures = new ArrayList<>(failures);
        allFailures.addAll(others.failures);
        return new Signatures(allClaims, allFailures, bytes + others.bytes);
    }

    /** Whether all was read that there is, so that the answer may be used again. */
    boolean complete() {
        return failures.isEmpty();
    }

    /** Whether a registry did not let us in. */
    boolean refused() {
        return failures.stream()
                .anyMatch(failure ->
                        failure.code() == Code.REGISTRY_UNAUTHORIZED || failure.code() == Code.REGISTRY_FORBIDDEN);
    }

    /** About how many bytes it holds: what was read, decoded, and objects around it. */
    int weight() {
        return (int) Math.min(Integer.MAX_VALUE, 256 + 1_024L * claims.size() + 2 * bytes);
    }
}
