package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.PrivateSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.testregistry.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** A private Sigstore in which it is always the same moment, and what its signatures are verified with. */
final class World {
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final byte[] ARTIFACT = "what is signed".getBytes(StandardCharsets.UTF_8);
    static final String IN_TOTO = "application/vnd.in-toto+json";
    static final SigningIdentity WORKFLOW = SigningIdentity.workflow("acme/api", "release.yml", "refs/heads/main");

    final PrivateSigstore sigstore = new PrivateSigstore(() -> NOW);
    final PrivateSigner workflow = sigstore.keyless(WORKFLOW);
    final ObjectNode root = sigstore.trustedRootJson();
    final BundleVerifier verifier = new BundleVerifier(() -> NOW);

    TrustedRoot trustedRoot() {
        return root(root);
    }

    static TrustedRoot root(JsonNode json) {
        return TrustedRoot.parse(Recorded.bytes(json), "the trust root");
    }

    /** Certificates and log by the trust root as it is now. */
    Demands demands() {
        return new Demands(Optional.of(trustedRoot()), Optional.of(trustedRoot()), Optional.empty());
    }

    /** The same, without a certificate: for keys. */
    Demands logged() {
        return new Demands(Optional.empty(), Optional.of(trustedRoot()), Optional.empty());
    }

    Proof verify(JsonNode bundle) {
        return verifier.byCertificate(Recorded.bundle(bundle).over(ARTIFACT), demands());
    }

    Optional<Proof> verify(JsonNode bundle, SigningKey key, Demands demands) {
        return verifier.byKey(Recorded.bundle(bundle).over(ARTIFACT), key.keys().getPublic(), demands);
    }

    Proof verifyOld(byte[] payload, Map<String, String> annotations) {
        return verifier.byCertificate(
                Bundle.ofAnnotations(payload, annotations, Limits.defaults(), "the signature"), demands());
    }

    /** What a bundle vouches for the signature with. */
    static ObjectNode material(ObjectNode bundle) {
        return (ObjectNode) bundle.path("verificationMaterial");
    }

    static ObjectNode entry(ObjectNode bundle) {
        return (ObjectNode) material(bundle).path("tlogEntries").path(0);
    }

    static byte[] signature(ObjectNode bundle) {
        return base64(bundle.path("dsseEnvelope").path("signatures").path(0).path("sig"));
    }

    static byte[] base64(JsonNode text) {
        return Base64.getDecoder().decode(text.textValue());
    }

    /** The entry {@code index} of {@code kind} in the trust root. */
    ObjectNode authority(String kind, int index) {
        return (ObjectNode) root.path(kind).path(index);
    }

    static ObjectNode validity(ObjectNode authority) {
        ObjectNode of = authority.has("publicKey") ? (ObjectNode) authority.path("publicKey") : authority;
        return (ObjectNode) of.path("validFor");
    }

    /** Has every entry of {@code kind} count until {@code end}. */
    void end(String kind, Instant end) {
        root.path(kind).forEach(entry -> validity((ObjectNode) entry).put("end", end.toString()));
    }
}
