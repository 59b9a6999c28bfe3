package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code key} of an authority: public keys, given in place or by reference. */
final class KeyReader {
    /** How cosign names it in the Secrets that it makes. */
    private static final String USUAL_KEY = "cosign.pub";

    private static final Map<String, String> REFUSED =
            Map.of("kms", "put the PEM text of the public key ('cosign public-key --key <kms URI>') into data");

    private final References references;

    KeyReader(References references) {
        this.references = references;
    }

    /** The keys; none, and a problem, where they can't be had. */
    List<VerificationKey> keys(Fields key) {
        key.only(Set.of("data", "secretRef", "configMapRef", "hashAlgorithm"), REFUSED);
        if (key.has("kms")) {
            return List.of();
        }
        long given = List.of("data", "secretRef", "configMapRef").stream()
                .filter(key::has)
                .count();
        if (given > 1) {
            key.problem("takes only one of data, secretRef and configMapRef");
            return List.of();
        }
        List<VerificationKey> keys =
                text(key).map(text -> parsed(key, text.content(), text.what())).orElse(List.of());
        checkHash(key, keys);
        return keys;
    }

    private record Text(String content, String what) {}

    private Optional<Text> text(Fields key) {
        if (key.has("secretRef")) {
            return followed(key.object("secretRef"), References.Kind.SECRET);
        }
        if (key.has("configMapRef")) {
            return followed(key.object("configMapRef"), References.Kind.CONFIG_MAP);
        }
        String pem = key.required("data", "paste the public key in PEM there");
        return pem.isBlank()
                ? Optional.empty()
                : Optional.of(new Text(pem, key.at("data").path()));
    }

    private Optional<Text> followed(Fields reference, References.Kind kind) {
        return references
                .entry(reference, kind, USUAL_KEY)
                .map(entry -> new Text(
                        new String(entry.content(), StandardCharsets.UTF_8),
                        reference.path() + " (" + entry.what() + ")"));
    }

    private static List<VerificationKey> parsed(Fields key, String pem, String what) {
        try {
            return VerificationKey.parseAll(pem, what);
        } catch (Failure e) {
            key.told(e.message());
            return List.of();
        }
    }

    /**
     * A hash algorithm is taken where signatures by such a key are made with it, and changes nothing then: all that cosign writes for the
     * key is accepted anyway. Any other would promise what is not done.
     */
    private static void checkHash(Fields key, List<VerificationKey> keys) {
        String hash = key.text("hashAlgorithm");
        if (hash.isEmpty()) {
            return;
        }
        for (VerificationKey one : keys) {
            List<String> made = hashes(one.key());
            if (!made.contains(hash)) {
                key.at("hashAlgorithm")
                        .problem(
                                "is \"%s\", but cosign signs with %s for a key of this kind: remove it, the right one is tried by itself"
                                        .formatted(key.at("hashAlgorithm").shown(), String.join(" or ", made)));
                return;
            }
        }
    }

    private static List<String> hashes(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> List.of("sha256");
            case ECPublicKey ec ->
                switch (ec.getParams().getOrder().bitLength()) {
                    case 384 -> List.of("sha256", "sha384");
                    case 521 -> List.of("sha256", "sha512");
                    default -> List.of("sha256");
                };
            default -> List.of("sha512");
        };
    }
}
