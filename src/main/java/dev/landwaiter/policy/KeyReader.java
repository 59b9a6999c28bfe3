package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.PemBlocks;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.KeySignature;
import java.nio.charset.StandardCharsets;
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
        return hash(key).map(hash -> with(hash, keys, key)).orElse(keys);
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
        long count = PemBlocks.count(pem);
        if (key.exceeds(Limit.AUTHORITY_KEYS, count)) {
            return List.of();
        }
        try {
            return VerificationKey.parseAll(pem, what);
        } catch (Failure e) {
            key.told(e.message());
            return List.of();
        }
    }

    /** With which hash the keys sign; empty where nothing is said, and, with a problem, where that is no hash. */
    private static Optional<HashAlgorithm> hash(Fields key) {
        String text = key.text("hashAlgorithm");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<HashAlgorithm> hash = HashAlgorithm.find(text);
        if (hash.isEmpty()) {
            key.at("hashAlgorithm")
                    .problem("is \"%s\"; it takes one of %s"
                            .formatted(key.at("hashAlgorithm").shown(), String.join(", ", HashAlgorithm.names())));
        }
        return hash;
    }

    private static List<VerificationKey> with(HashAlgorithm hash, List<VerificationKey> keys, Fields key) {
        if (keys.stream().anyMatch(one -> !KeySignature.takes(one.key(), hash))) {
            key.at("hashAlgorithm")
                    .problem(
                            "is \"%s\", but an Ed25519 key always signs with sha512: remove it, or give that key an authority of its own"
                                    .formatted(hash.text()));
        }
        return keys.stream().map(one -> one.with(hash)).toList();
    }
}
