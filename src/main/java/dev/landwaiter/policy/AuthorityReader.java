package dev.landwaiter.policy;

import dev.landwaiter.limit.Limit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code authorities}: whose word a policy takes. */
final class AuthorityReader {
    private static final Map<String, String> REFUSED =
            Map.of("signatureFormat", "remove it, signatures are found automatically in every form");
    private static final Map<String, String> REFUSED_OF_KEYLESS = Map.of(
            "ca-cert", "put the certificate into a TrustRoot, and name that in trustRootRef",
            "insecureIgnoreSCT",
                    "name in trustRootRef a TrustRoot that holds the certificate transparency log, or none where its instance has none");
    /** Of a signing authority, for which a static one has no use. */
    private static final List<String> OF_SIGNATURES = List.of("source", "ctlog", "rfc3161timestamp", "attestations");

    private final KeyReader keys;
    private final IdentityReader identities = new IdentityReader();
    private final TermsReader terms;

    AuthorityReader(References references, Conditions conditions) {
        this.keys = new KeyReader(references);
        this.terms = new TermsReader(references, conditions);
    }

    List<Authority> authorities(Fields spec) {
        List<Fields> list = spec.list("authorities", Limit.POLICY_AUTHORITIES);
        if (spec.at("authorities").node().isEmpty()) {
            spec.at("authorities").problem("needs at least one authority");
        }
        List<Authority> authorities = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            Fields one = list.get(i);
            String name = one.has("name") ? one.text("name") : "authority-" + i;
            if (!names.add(name)) {
                one.at("name").problem("\"%s\" stands twice".formatted(name));
            }
            authority(one, name).ifPresent(authorities::add);
        }
        return authorities;
    }

    private Optional<Authority> authority(Fields authority, String name) {
        authority.only(
                Set.of("name", "key", "keyless", "static", "source", "ctlog", "rfc3161timestamp", "attestations"),
                REFUSED);
        List<String> given = List.of("key", "keyless", "static").stream()
                .filter(authority::has)
                .toList();
        if (given.size() != 1) {
            authority.problem("needs exactly one of key, keyless and static");
            return Optional.empty();
        }
        return switch (given.getFirst()) {
            case "key" -> key(authority, name);
            case "keyless" -> keyless(authority, name);
            default -> fixed(authority, name);
        };
    }

    private Optional<Authority> key(Fields authority, String name) {
        List<VerificationKey> read = keys.keys(authority.object("key"));
        Terms asked = terms.terms(authority, null);
        return read.isEmpty() ? Optional.empty() : Optional.of(new Authority.Key(name, read, asked));
    }

    private Optional<Authority> keyless(Fields authority, String name) {
        Fields keyless = authority.object("keyless");
        // said to be off is as good as not said
        boolean ignored = !keyless.at("insecureIgnoreSCT").node().isBoolean()
                || keyless.at("insecureIgnoreSCT").node().booleanValue();
        keyless.only(
                ignored
                        ? Set.of("url", "identities", "trustRootRef")
                        : Set.of("url", "identities", "trustRootRef", "insecureIgnoreSCT"),
                REFUSED_OF_KEYLESS);
        List<Identity> read = identities.identities(keyless);
        Terms asked = terms.terms(authority, keyless);
        boolean rooted = asked.demands().certificates().isPresent();
        return read.isEmpty() || !rooted ? Optional.empty() : Optional.of(new Authority.Keyless(name, read, asked));
    }

    private static Optional<Authority> fixed(Fields authority, String name) {
        OF_SIGNATURES.stream()
                .filter(authority::has)
                .forEach(field -> authority.at(field).problem("means nothing beside static: remove one of them"));
        Fields fixed = authority.object("static");
        fixed.only("action", "message");
        String action = fixed.text("action");
        return switch (action) {
            case "pass" -> Optional.of(new Authority.StaticPass(name));
            case "fail" -> Optional.of(new Authority.StaticFail(name, fixed.text("message")));
            default -> {
                fixed.at("action")
                        .problem("is \"%s\"; it takes pass or fail"
                                .formatted(fixed.at("action").shown()));
                yield Optional.empty();
            }
        };
    }
}
