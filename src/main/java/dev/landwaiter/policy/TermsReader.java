package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.TrustedRoot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what an authority's word has to be like: witnesses, sources, attestations. */
final class TermsReader {
    /** So that with {@code sha256-<hex>.sig} it is still a tag. */
    private static final Pattern TAG_PREFIX = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}");

    private static final String FULCIO = "https://fulcio.sigstore.dev";
    private static final String REKOR = "https://rekor.sigstore.dev";

    private final References references;
    private final Conditions conditions;

    TermsReader(References references, Conditions conditions) {
        this.references = references;
        this.conditions = conditions;
    }

    /**
     * The terms of {@code authority}.
     *
     * @param keyless of the authority; null where it is one of keys
     */
    Terms terms(Fields authority, @Nullable Fields keyless) {
        return new Terms(sources(authority), demands(authority, keyless), attestations(authority));
    }

    /**
     * Who signs without a key needs a witness of the time: the transparency log, unless timestamps are asked for and the log is not. Where
     * nothing is asked for, an instance without a log serves with its timestamps. With a key, only what is asked for is needed.
     */
    private Demands demands(Fields authority, @Nullable Fields keyless) {
        Fields ctlog = authority.object("ctlog");
        Fields timestamp = authority.object("rfc3161timestamp");
        ctlog.only("url", "trustRootRef");
        timestamp.only("trustRootRef");
        Optional<TrustedRoot> certificates = Optional.empty();
        if (keyless != null) {
            checkUrl(keyless, FULCIO, "whose certificates count", keyless.has("trustRootRef"));
            certificates = references.trustRoot(keyless.at("trustRootRef"));
        }
        boolean rooted = ctlog.has("trustRootRef") || (keyless != null && keyless.has("trustRootRef"));
        checkUrl(ctlog, REKOR, "whose entries count", rooted);
        boolean logged = ctlog.present() || (keyless != null && !timestamp.present());
        return new Demands(
                certificates,
                logged ? root(ctlog, keyless, certificates) : Optional.empty(),
                timestamp.present() ? root(timestamp, keyless, certificates) : Optional.empty(),
                keyless != null && !ctlog.present() && !timestamp.present());
    }

    /** What {@code witness} names, else what vouches for the certificates, else the public good instance's. */
    private Optional<TrustedRoot> root(Fields witness, @Nullable Fields keyless, Optional<TrustedRoot> certificates) {
        return witness.has("trustRootRef") || keyless == null
                ? references.trustRoot(witness.at("trustRootRef"))
                : certificates;
    }

    /** A service is never asked, so its address alone says nothing about whom to believe. */
    private static void checkUrl(Fields at, String publicGood, String what, boolean rooted) {
        String url = at.text("url");
        String plain = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        if (!plain.isEmpty() && !plain.equals(publicGood) && !rooted) {
            at.at("url")
                    .problem(
                            "is \"%s\", which no request goes to: name in trustRootRef the TrustRoot %s (only %s needs none)"
                                    .formatted(at.at("url").shown(), what, publicGood));
        }
    }

    private List<Source> sources(Fields authority) {
        List<Source> sources = new ArrayList<>();
        for (Fields source : authority.list("source", Limit.AUTHORITY_SOURCES)) {
            source.only("oci", "signaturePullSecrets", "tagPrefix");
            List<String> secrets = new ArrayList<>();
            for (Fields secret : source.list("signaturePullSecrets", Limit.AUTHORITY_SOURCES)) {
                secret.only("name");
                secrets.add(
                        secret.required("name", "say which Secret of namespace \"" + references.namespace() + "\""));
            }
            if (!source.has("oci") && !source.has("tagPrefix") && secrets.isEmpty()) {
                source.problem("is empty: say in oci in which repository signatures are kept");
            }
            sources.add(new Source(repository(source.at("oci")), references.namespace(), secrets, tagPrefix(source)));
        }
        return sources;
    }

    private static String repository(Fields oci) {
        String text = oci.text();
        if (text.isEmpty()) {
            return "";
        }
        try {
            ImageReference reference = ImageReference.parse(text, oci.limits());
            if (reference.tag().isPresent() || reference.digest().isPresent()) {
                oci.problem("is \"%s\": it takes a repository, without tag or digest".formatted(oci.shown()));
            }
            return reference.name();
        } catch (Failure e) {
            oci.problem("is not a valid repository: " + e.message());
            return "";
        }
    }

    private static @Nullable String tagPrefix(Fields source) {
        String prefix = source.text("tagPrefix");
        if (prefix.isEmpty()) {
            return null;
        }
        if (!TAG_PREFIX.matcher(prefix).matches()) {
            source.at("tagPrefix").problem("can't begin a tag: it takes up to 50 letters, digits, '_', '.' and '-'");
        }
        return prefix;
    }

    private List<Attestation> attestations(Fields authority) {
        List<Attestation> attestations = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields one : authority.list("attestations", Limit.AUTHORITY_ATTESTATIONS)) {
            one.only("name", "predicateType", "policy");
            String name = one.required("name", "messages call the attestation by it");
            if (!names.add(name)) {
                one.at("name").problem("\"%s\" stands twice".formatted(name));
            }
            String type = PredicateTypes.uri(one);
            attestations.add(new Attestation(name, type, condition(one.object("policy"))));
        }
        return attestations;
    }

    private @Nullable Condition condition(Fields policy) {
        if (!policy.present()) {
            return null;
        }
        policy.only(
                Set.of("type", "data"),
                Map.of(
                        "configMapRef", "put the expression into data",
                        "url", "put the expression into data",
                        "remote", "put the expression into data"));
        String type = policy.text("type");
        if (!type.equals("cel")) {
            policy.at("type")
                    .problem("is \"%s\"; only cel is supported: rewrite the condition as an expression of CEL"
                            .formatted(type));
            return null;
        }
        String expression = policy.required("data", "it takes an expression of CEL");
        if (expression.isBlank()) {
            return null;
        }
        try {
            return conditions.compile(expression, policy.at("data").path());
        } catch (Failure e) {
            policy.told(e.message());
            return null;
        }
    }
}
