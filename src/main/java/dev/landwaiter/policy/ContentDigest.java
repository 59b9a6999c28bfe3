package dev.landwaiter.policy;

import dev.landwaiter.image.Digest;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The digest of all that a verdict under a policy rests on: its authorities with their keys and trust roots as they are, how many of them must
 * pass, and the identity of every object that this came from. One that is deleted and made again never finds old verdicts.
 */
final class ContentDigest {
    private final StringBuilder content = new StringBuilder();

    private ContentDigest() {}

    /** Of {@code authorities}, made from the objects of {@code uids}. */
    static String of(List<Authority> authorities, int threshold, String uids) {
        ContentDigest digest = new ContentDigest();
        digest.add("landwaiter.dev/1", String.valueOf(threshold), uids);
        authorities.forEach(digest::add);
        return Digest.sha256(digest.content.toString().getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    /** Each part with its length before it, so that no two lists of parts read the same. */
    private void add(String... parts) {
        content.append(parts.length).append('[');
        for (String part : parts) {
            content.append(part.length()).append(':').append(part);
        }
        content.append(']');
    }

    private void add(Authority authority) {
        switch (authority) {
            case Authority.Key key -> {
                add("key", key.name());
                add(key.keys().stream().map(ContentDigest::text).toArray(String[]::new));
                add(key.terms());
            }
            case Authority.Keyless keyless -> {
                add(
                        "keyless",
                        keyless.name(),
                        String.valueOf(keyless.identities().size()));
                keyless.identities().forEach(this::add);
                add(keyless.terms());
            }
            case Authority.StaticPass pass -> add("pass", pass.name());
            case Authority.StaticFail fail -> add("fail", fail.name(), fail.message());
        }
    }

    private static String text(VerificationKey key) {
        HashAlgorithm hash = key.hash();
        return hash == null ? key.fingerprint() : key.fingerprint() + " " + hash.text();
    }

    private void add(Identity identity) {
        add("identity", text(identity.issuer()), text(identity.subject()));
        new TreeMap<>(identity.extensions()).forEach((name, wanted) -> add("extension", name, text(wanted)));
    }

    private static String text(TextMatch match) {
        return switch (match) {
            case TextMatch.Exact(String wanted) -> "=" + wanted;
            case TextMatch.Search(var pattern) -> "~" + pattern.pattern();
            case TextMatch.Any() -> "*";
        };
    }

    private void add(Terms terms) {
        Demands demands = terms.demands();
        add(
                "demands",
                digest(demands.certificates()),
                digest(demands.log()),
                digest(demands.timestamps()),
                String.valueOf(demands.asTheInstanceHas()));
        for (Source source : terms.sources()) {
            String prefix = source.tagPrefix();
            add("source", source.repository(), source.namespace(), prefix == null ? "" : prefix);
            add(source.signaturePullSecrets().toArray(String[]::new));
        }
        for (Attestation attestation : terms.attestations()) {
            Condition condition = attestation.condition();
            add("attestation", attestation.name(), attestation.predicateType());
            if (condition != null) {
                add("condition", condition.text());
            }
        }
    }

    private static String digest(Optional<TrustedRoot> root) {
        return root.map(TrustedRoot::digest).orElse("");
    }
}
