package dev.landwaiter.verify;

import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.MediaType;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;

/**
 * How likely something beside an image is what a policy asks for, by what it states of itself. It says what to read first, so that nothing
 * else crowds out what is asked for; what a thing is follows from its signed content alone.
 *
 * @param rank 0 for what states to be asked for, 1 for what may be it, above for what states to be something else
 * @param created when it states to have been made, {@link Instant#MIN} where it does not say
 * @param place in the list that it stands in: tools append, so that the newest is the last
 */
record Likelihood(int rank, Instant created, int place) {
    /** The likeliest first, the newest first among equals. */
    static final Comparator<Likelihood> FIRST = Comparator.comparingInt(Likelihood::rank)
            .thenComparing(Likelihood::created, Comparator.reverseOrder())
            .thenComparing(Likelihood::place, Comparator.reverseOrder());

    private static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
    /** Of a bundle's manifest, which registries copy into their lists of referrers. */
    private static final String BUNDLE_PREDICATE = "dev.sigstore.bundle.predicateType";
    /** Of a layer of the old form of attestations. */
    private static final String LAYER_PREDICATE = "predicateType";

    private static final String CREATED = "org.opencontainers.image.created";
    private static final String COSIGN = "application/vnd.dev.cosign.";

    /** Of an entry of a list of referrers. */
    static Likelihood ofReferrer(Descriptor entry, int place, Set<String> predicateTypes) {
        String predicate = entry.annotations().getOrDefault(BUNDLE_PREDICATE, "");
        String type = entry.artifactType();
        boolean likely = type.isEmpty()
                || type.equals(MediaType.OCI_EMPTY)
                || type.startsWith(COSIGN)
                || ClaimReader.isBundle(type);
        int rank = ranked(predicate, predicateTypes);
        return new Likelihood(rank == 1 && !likely ? 3 : rank, created(entry.annotations()), place);
    }

    /** Of a layer of a manifest that has {@code annotations} of its own. */
    static Likelihood ofLayer(
            Descriptor layer, Map<String, String> annotations, int place, Set<String> predicateTypes) {
        String ofLayer = layer.annotations().getOrDefault(LAYER_PREDICATE, "");
        String predicate = ofLayer.isEmpty() ? annotations.getOrDefault(BUNDLE_PREDICATE, "") : ofLayer;
        return new Likelihood(ranked(predicate, predicateTypes), created(annotations), place);
    }

    private static int ranked(String predicate, Set<String> predicateTypes) {
        if (predicate.isEmpty()) {
            return 1;
        }
        return predicate.equals(SIGNATURE_PREDICATE) || predicateTypes.contains(predicate) ? 0 : 2;
    }

    private static Instant created(Map<String, String> annotations) {
        try {
            return Instant.parse(annotations.getOrDefault(CREATED, ""));
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    /** Whether it may be what is asked for. */
    boolean likely() {
        return rank < 2;
    }
}
