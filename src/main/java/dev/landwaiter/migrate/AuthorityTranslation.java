package dev.landwaiter.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.PublicKeys;
import java.security.interfaces.EdECPublicKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One authority of a sigstore policy in our words. One of theirs is enough, so that leaving one out makes a policy stricter; leaving out
 * anything of one would make it looser, and is never done.
 */
final class AuthorityTranslation {
    private static final String LEFT_OUT = "The authority is left out: what it alone accepts is refused.";
    private static final Set<String> KNOWN = Set.of(
            "name",
            "key",
            "keyless",
            "static",
            "source",
            "ctlog",
            "rfc3161timestamp",
            "attestations",
            "signatureFormat");
    private static final Set<String> PUBLIC_GOOD = Set.of(
            "",
            "https://fulcio.sigstore.dev",
            "https://fulcio.sigstore.dev/",
            "https://rekor.sigstore.dev",
            "https://rekor.sigstore.dev/");

    private static final Set<String> HASHES = Set.of("sha256", "sha384", "sha512");

    private final ImportedNode authority;
    private final Set<String> trustRoots;
    private final ObjectNode ours = JsonNodeFactory.instance.objectNode();

    /**
     * @param trustRoots the names of those that are imported with it
     */
    AuthorityTranslation(ImportedNode authority, Set<String> trustRoots) {
        this.authority = authority;
        this.trustRoots = trustRoots;
    }

    /** Ours; empty, and a note, where it can't be said. */
    Optional<ObjectNode> authority() {
        boolean said = !authority.hasUnknown(KNOWN, Effect.STRICTER, LEFT_OUT);
        copy(authority, "name", ours);
        if (List.of("key", "keyless", "static").stream().filter(authority::has).count() != 1) {
            authority.note(Effect.STRICTER, "It needs exactly one of key, keyless and static. " + LEFT_OUT);
            return Optional.empty();
        }
        if (authority.has("static")) {
            said &= fixed(authority.at("static"));
        } else {
            said &= authority.has("key") ? key(authority.at("key")) : keyless(authority.at("keyless"));
            said &= witness("ctlog") && witness("rfc3161timestamp") && sources();
            attestations();
        }
        if (authority.has("signatureFormat")) {
            authority
                    .at("signatureFormat")
                    .note(Effect.SAME, "Left out: signatures are found automatically in every form.");
        }
        return said && isTaken() ? Optional.of(ours) : Optional.empty();
    }

    /** Whether the webhook will take it; a note says why not. */
    private boolean isTaken() {
        Optional<String> problem = ReadBack.problemOfAuthority(ours, authority.path());
        problem.ifPresent(why ->
                authority.note(Effect.STRICTER, "It can't be applied here: %s %s".formatted(ended(why), LEFT_OUT)));
        return problem.isEmpty();
    }

    static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }

    private void trustRoot(ImportedNode from, ObjectNode to) {
        copy(from, "trustRootRef", to);
        String name = from.text("trustRootRef");
        if (!name.isEmpty() && !trustRoots.contains(name)) {
            from.at("trustRootRef")
                    .note(
                            Effect.STRICTER,
                            "No TrustRoot \"%s\" is imported with it: until there is one, the policy refuses."
                                    .formatted(name));
        }
    }

    private boolean fixed(ImportedNode fixed) {
        if (fixed.hasUnknown(Set.of("action", "message"), Effect.STRICTER, LEFT_OUT)) {
            return false;
        }
        ObjectNode to = ours.putObject("static");
        copy(fixed, "action", to);
        copy(fixed, "message", to);
        return true;
    }

    private boolean key(ImportedNode key) {
        if (key.hasUnknown(Set.of("data", "secretRef", "kms", "hashAlgorithm"), Effect.STRICTER, LEFT_OUT)) {
            return false;
        }
        if (key.has("kms")) {
            key.at("kms")
                    .note(
                            Effect.STRICTER,
                            "Keys are not read from a KMS. %s To have it, put what 'cosign public-key --key %s' prints into key.data."
                                    .formatted(LEFT_OUT, key.text("kms")));
            return false;
        }
        ObjectNode to = ours.putObject("key");
        if (key.has("secretRef")) {
            ImportedNode secret = key.at("secretRef");
            copy(secret, "name", to.putObject("secretRef"));
            secret.note(
                    Effect.STRICTER,
                    "Secrets are read from the webhook's own namespace: copy Secret \"%s\" there; until then the policy refuses."
                            .formatted(secret.text("name")));
        } else {
            copy(key, "data", to);
        }
        return to.size() > 0 && hash(key, to);
    }

    /** Theirs is read whatever its case, and passed over for Ed25519, which has but one. */
    private static boolean hash(ImportedNode key, ObjectNode to) {
        ImportedNode field = key.at("hashAlgorithm");
        String hash = field.text().strip().toLowerCase(Locale.ROOT);
        if (hash.isEmpty()) {
            return true;
        }
        if (!HASHES.contains(hash)) {
            field.note(
                    Effect.STRICTER, "No signature that is made with \"%s\" counts here. %s".formatted(hash, LEFT_OUT));
            return false;
        }
        if (isEd25519(key)) {
            field.note(Effect.SAME, "Left out: an Ed25519 key always signs with sha512.");
        } else {
            to.put("hashAlgorithm", hash);
        }
        return true;
    }

    private static boolean isEd25519(ImportedNode key) {
        try {
            return PublicKeys.parseAll(key.text("data"), Code.POLICY_BROKEN, key.path()).stream()
                    .anyMatch(EdECPublicKey.class::isInstance);
        } catch (Failure e) {
            // it is in a Secret, or whoever reads the policy says what is wrong with it
            return false;
        }
    }

    private boolean keyless(ImportedNode keyless) {
        Set<String> known = Set.of("url", "identities", "ca-cert", "trustRootRef", "insecureIgnoreSCT");
        if (keyless.hasUnknown(known, Effect.STRICTER, LEFT_OUT)) {
            return false;
        }
        if (keyless.has("ca-cert")) {
            keyless.at("ca-cert")
                    .note(
                            Effect.STRICTER,
                            LEFT_OUT
                                    + " To have it, put the certificates into a TrustRoot, and name that in trustRootRef.");
            return false;
        }
        if (keyless.node().path("insecureIgnoreSCT").asBoolean()) {
            keyless.at("insecureIgnoreSCT")
                    .note(
                            Effect.STRICTER,
                            "A certificate needs the word (SCT) of a log in the trust root here, unless the trust root names none; one without is refused.");
        }
        ObjectNode to = ours.putObject("keyless");
        trustRoot(keyless, to);
        return url(keyless) && identities(keyless.at("identities"), to.putArray("identities"));
    }

    /** A service is never asked here: its address counts for nothing, and a trust root for all. */
    private static boolean url(ImportedNode service) {
        if (PUBLIC_GOOD.contains(service.text("url"))) {
            return true;
        }
        boolean rooted = service.has("trustRootRef");
        service.at("url")
                .note(
                        rooted ? Effect.SAME : Effect.STRICTER,
                        rooted
                                ? "Left out: the service is not asked, the trust root alone counts."
                                : LEFT_OUT
                                        + " To have it, put the service's keys and certificates into a TrustRoot, and name that in trustRootRef.");
        return rooted;
    }

    private boolean identities(ImportedNode identities, ArrayNode to) {
        if (identities.node().isEmpty()) {
            identities.note(Effect.STRICTER, "Without identities everyone's signature would count. " + LEFT_OUT);
            return false;
        }
        for (int i = 0; i < identities.node().size(); i++) {
            ImportedNode identity = identities.at(i);
            Set<String> known = Set.of("issuer", "subject", "issuerRegExp", "subjectRegExp");
            if (!identity.hasUnknown(known, Effect.STRICTER, "The identity is left out.")) {
                ObjectNode one = to.addObject();
                either(identity, "issuer", one);
                either(identity, "subject", one);
            }
        }
        return !to.isEmpty();
    }

    /** Where both are there, theirs looks at the pattern alone; where none is, it takes any text. */
    private static void either(ImportedNode identity, String field, ObjectNode to) {
        String pattern = field + "RegExp";
        boolean both =
                !identity.text(field).isEmpty() && !identity.text(pattern).isEmpty();
        boolean none = identity.text(field).isEmpty() && identity.text(pattern).isEmpty();
        if (none) {
            to.put(pattern, ".*");
            identity.at(field)
                    .note(
                            Effect.SAME,
                            "It is missing, which takes any %s: written as %s: \".*\". Better name it."
                                    .formatted(field, pattern));
        } else if (!identity.text(pattern).isEmpty()) {
            copy(identity, pattern, to);
        } else {
            copy(identity, field, to);
        }
        if (both) {
            identity.at(field).note(Effect.SAME, "Left out: %s beside it decided alone.".formatted(pattern));
        }
    }

    private boolean witness(String field) {
        ImportedNode witness = authority.at(field);
        if (!authority.has(field)) {
            return true;
        }
        if (witness.hasUnknown(Set.of("url", "trustRootRef"), Effect.STRICTER, LEFT_OUT)) {
            return false;
        }
        trustRoot(witness, ours.putObject(field));
        return url(witness);
    }

    private boolean sources() {
        ImportedNode sources = authority.at("source");
        for (int i = 0; i < sources.node().size(); i++) {
            ImportedNode source = sources.at(i);
            if (source.hasUnknown(Set.of("oci", "signaturePullSecrets", "tagPrefix"), Effect.STRICTER, LEFT_OUT)) {
                return false;
            }
            ObjectNode one = ours.withArray("source").addObject();
            for (String field : List.of("oci", "signaturePullSecrets", "tagPrefix")) {
                copy(source, field, one);
            }
            if (source.has("signaturePullSecrets")) {
                source.at("signaturePullSecrets")
                        .note(
                                Effect.STRICTER,
                                "These Secrets are read from the webhook's own namespace, not from the Pod's: copy them there; until then signatures that need them are not found.");
            }
        }
        return true;
    }

    /** A condition that can't be said becomes one that never holds. */
    private void attestations() {
        ImportedNode attestations = authority.at("attestations");
        for (int i = 0; i < attestations.node().size(); i++) {
            ImportedNode attestation = attestations.at(i);
            ObjectNode one = ours.withArray("attestations").addObject();
            copy(attestation, "name", one);
            copy(attestation, "predicateType", one);
            boolean unknown = attestation.hasUnknown(
                    Set.of("name", "predicateType", "policy"), Effect.STRICTER, "The attestation is never accepted.");
            if (attestation.has("policy")) {
                ImportedNode policy = attestation.at("policy");
                policy.note(
                        Effect.STRICTER,
                        "Conditions are written in CEL here, not in %s: the attestation is never accepted until you replace 'false' by one."
                                .formatted(policy.text("type").isEmpty() ? "this language" : policy.text("type")));
            }
            if (unknown || attestation.has("policy")) {
                one.putObject("policy").put("type", "cel").put("data", "false");
            }
        }
    }

    private static void copy(ImportedNode from, String field, ObjectNode to) {
        JsonNode value = from.node().path(field);
        if (!value.isMissingNode() && !value.isNull()) {
            to.set(field, value.deepCopy());
        }
    }
}
