package dev.landwaiter.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.TreeSet;

/** The short names that cosign has for predicate types. */
final class PredicateTypes {
    /** @see <a href="https://github.com/sigstore/cosign/blob/v3.1.3/cmd/cosign/cli/options/predicate.go">cosign's names</a> */
    private static final Map<String, String> BY_NAME = Map.of(
            "custom", "https://cosign.sigstore.dev/attestation/v1",
            "slsaprovenance", "https://slsa.dev/provenance/v0.2",
            "slsaprovenance02", "https://slsa.dev/provenance/v0.2",
            "slsaprovenance1", "https://slsa.dev/provenance/v1",
            "spdx", "https://spdx.dev/Document",
            "spdxjson", "https://spdx.dev/Document",
            "cyclonedx", "https://cyclonedx.org/bom",
            "link", "https://in-toto.io/Link/v1",
            "vuln", "https://cosign.sigstore.dev/attestation/vuln/v1",
            "openvex", "https://openvex.dev/ns");

    private PredicateTypes() {}

    /** The full URI that {@code attestation.predicateType} means; {@code ""}, and a problem, where it means none. */
    static String uri(Fields attestation) {
        String text = attestation.required("predicateType", "say what kind of attestation");
        String named = BY_NAME.get(text);
        if (named != null || text.isBlank()) {
            return named == null ? "" : named;
        }
        if (!isUri(text)) {
            attestation
                    .at("predicateType")
                    .problem("is \"%s\"; it takes a URI, or one of %s"
                            .formatted(
                                    attestation.at("predicateType").shown(),
                                    String.join(", ", new TreeSet<>(BY_NAME.keySet()))));
            return "";
        }
        return text;
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
