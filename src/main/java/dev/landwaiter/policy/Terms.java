package dev.landwaiter.policy;

import dev.landwaiter.sigstore.Demands;
import java.util.List;

/**
 * What an authority's word has to be like, besides being its own.
 *
 * @param sources where signatures are kept, and looked for instead of in the image's own repository; empty: there
 * @param demands of witnesses: certificate authorities, transparency log, timestamps
 * @param attestations that must all be there; where there are any, they stand in for the signature
 */
public record Terms(List<Source> sources, Demands demands, List<Attestation> attestations) {
    /** A signature beside the image, and nothing more. */
    public static final Terms PLAIN = new Terms(List.of(), Demands.NONE, List.of());

    public Terms {
        sources = List.copyOf(sources);
        attestations = List.copyOf(attestations);
    }
}
