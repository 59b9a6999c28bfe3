package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.sigstore.TrustedRoot;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Resolves what one object refers to, from the one namespace that it may, and remembers the identity of all that it found. */
final class References {
    /** RFC 1123, section 2.1, as Kubernetes names objects: nothing that would name another one as part of a URL. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?");

    private final Materials materials;
    private final String namespace;
    private final String rule;
    private final TreeSet<String> uids = new TreeSet<>();

    /**
     * References of an object that may refer to Secrets and ConfigMaps of {@code namespace} alone.
     *
     * @param rule says so, for messages: {@code an ImagePolicy may only name what is in its own namespace}
     */
    References(Materials materials, String namespace, String rule) {
        this.materials = materials;
        this.namespace = namespace;
        this.rule = rule;
    }

    /** Something with entries that can be referred to. */
    enum Kind {
        SECRET("Secret"),
        CONFIG_MAP("ConfigMap");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** The namespace that may be referred to. */
    String namespace() {
        return namespace;
    }

    /** The identities of all that was referred to and found; the same for the same objects. */
    String uids() {
        return String.join(" ", uids);
    }

    /**
     * The entry that {@code reference} names; empty, and a problem, where it can't be had.
     *
     * @param usual the key where the reference names none and there are several
     */
    Optional<Entry> entry(Fields reference, Kind kind, String usual) {
        reference.only("name", "namespace", "key");
        String name = name(reference);
        String wanted = reference.text("namespace");
        if (!wanted.isEmpty() && !wanted.equals(namespace)) {
            reference.at("namespace").problem("is \"%s\": %s, \"%s\"".formatted(wanted, rule, namespace));
            return Optional.empty();
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String what = "%s \"%s/%s\"".formatted(kind.text, namespace, name);
        Materials.Stored stored =
                kind == Kind.SECRET ? materials.secret(namespace, name) : materials.configMap(namespace, name);
        return switch (stored) {
            case Materials.Stored.Absent(String why) -> {
                reference.problem("can't be followed: could not read %s: %s".formatted(what, why));
                yield Optional.empty();
            }
            case Materials.Stored.Present(String uid, Map<String, byte[]> entries) -> {
                remember(uid);
                yield entry(reference, what, entries, usual);
            }
        };
    }

    /**
     * What a reference led to.
     *
     * @param what it is, for messages: {@code Secret "landwaiter/release", key "cosign.pub"}
     */
    record Entry(byte[] content, String what) {}

    private static Optional<Entry> entry(Fields reference, String what, Map<String, byte[]> entries, String usual) {
        String key = reference.text("key");
        if (key.isEmpty()) {
            key = entries.size() == 1 ? entries.keySet().iterator().next() : usual;
        }
        byte[] content = entries.get(key);
        if (content == null) {
            reference.problem("can't be followed: %s has no key \"%s\"; it has %s. Name one of them in %s.key"
                    .formatted(what, key, entries.isEmpty() ? "none" : quoted(entries), reference.path()));
            return Optional.empty();
        }
        return Optional.of(new Entry(content, "%s, key \"%s\"".formatted(what, key)));
    }

    private static String quoted(Map<String, byte[]> entries) {
        return "\"" + String.join("\", \"", new TreeSet<>(entries.keySet())) + "\"";
    }

    /** The trust root that {@code reference}, a text, names; the public good instance's where it is missing. */
    Optional<TrustedRoot> trustRoot(Fields reference) {
        String name = reference.text();
        if (!reference.present()) {
            return publicGood(reference);
        }
        if (!NAME.matcher(name).matches()) {
            reference.problem("is not a valid name of a TrustRoot");
            return Optional.empty();
        }
        TrustRoot found = materials.trustRoot(name).orElse(null);
        if (found == null) {
            reference.problem(
                    "names TrustRoot \"%s\", which does not exist; create it, or name another".formatted(name));
            return Optional.empty();
        }
        if (found.root() == null) {
            reference.problem("names TrustRoot \"%s\", which is broken: %s".formatted(name, found.problem()));
            return Optional.empty();
        }
        remember(found.uids());
        return Optional.of(found.root());
    }

    private Optional<TrustedRoot> publicGood(Fields reference) {
        try {
            return Optional.of(materials.publicGood());
        } catch (Failure e) {
            reference.problem("is missing, and the public good instance's trust root can't be used: " + e.message());
            return Optional.empty();
        }
    }

    private static String name(Fields reference) {
        String name = reference.required("name", "say which");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            reference
                    .at("name")
                    .problem("is \"%s\", which is not a valid name of an object"
                            .formatted(reference.at("name").shown()));
            return "";
        }
        return name;
    }

    private void remember(String uid) {
        if (!uid.isEmpty()) {
            uids.add(uid);
        }
    }
}
