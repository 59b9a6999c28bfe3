package dev.landwaiter.tuf;

import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What an attempt that succeeded brought.
 *
 * @param rootVersion of the newest root.json
 * @param targetsVersion of the targets.json that names the trust root
 * @param at when it was fetched and found to be fresh
 * @param files all that shows it to be so, by path below the mirror, and every root since the one that all began with
 */
record LastGood(TrustedRoot root, int rootVersion, int targetsVersion, Instant at, Map<String, byte[]> files) {
    LastGood {
        files = Map.copyOf(files);
    }

    /** For people. */
    String origin() {
        return "version %d of the mirror's targets, by version %d of its root, of %s"
                .formatted(targetsVersion, rootVersion, at.truncatedTo(ChronoUnit.SECONDS));
    }
}
