package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads TrustRoot objects. As for policies, what can't be used becomes a broken one that says why. */
final class TrustRootReader {
    /** How sigstore's tools name the file. */
    private static final String USUAL_KEY = "trusted_root.json";

    private static final String INSTEAD =
            "put the instance's trusted_root.json ('cosign trusted-root create' writes one) into trustedRoot";
    private static final Map<String, String> REFUSED =
            Map.of("remote", INSTEAD, "repository", INSTEAD, "sigstoreKeys", INSTEAD);

    private TrustRootReader() {}

    static TrustRoot read(Fields root, References references) {
        Fields metadata = root.at("metadata");
        String name = metadata.required("name", "give it one");
        Fields spec = root.object("spec");
        spec.only(Set.of("trustedRoot", "configMapRef"), REFUSED);
        TrustedRoot parsed = null;
        if (spec.has("trustedRoot") == spec.has("configMapRef")) {
            spec.problem("needs exactly one of trustedRoot and configMapRef");
        } else {
            parsed = content(spec, references)
                    .flatMap(json -> parsed(json, name, spec))
                    .orElse(null);
        }
        String uids = (metadata.text("uid") + " " + references.uids()).strip();
        @Nullable String problem = root.problem();
        return new TrustRoot(name, uids, problem == null ? parsed : null, problem);
    }

    private static Optional<byte[]> content(Fields spec, References references) {
        if (spec.has("configMapRef")) {
            return references
                    .entry(spec.object("configMapRef"), References.Kind.CONFIG_MAP, USUAL_KEY)
                    .map(References.Entry::content);
        }
        String json = spec.required("trustedRoot", "paste a trusted_root.json there");
        return json.isBlank() ? Optional.empty() : Optional.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<TrustedRoot> parsed(byte[] json, String name, Fields spec) {
        try {
            return Optional.of(TrustedRoot.parse(json, spec.limits(), "TrustRoot \"%s\"".formatted(name)));
        } catch (Failure e) {
            spec.told(e.message());
            return Optional.empty();
        }
    }
}
