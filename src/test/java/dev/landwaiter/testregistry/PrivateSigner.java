package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs as cosign does with a {@link PrivateSigstore}, in each of the forms that there have been. */
public final class PrivateSigner {
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private final PrivateSigstore sigstore;
    private final SigningKey key;
    private final @Nullable X509Certificate certificate;

    PrivateSigner(PrivateSigstore sigstore, SigningKey key, @Nullable X509Certificate certificate) {
        this.sigstore = sigstore;
        this.key = key;
        this.certificate = certificate;
    }

    /** A DSSE bundle with an entry of Rekor v2 and a timestamp: what cosign 3 writes by default. */
    public byte[] envelope(String payloadType, byte[] payload) {
        return RegistryContent.bytes(envelopeJson(payloadType, payload));
    }

    /** As {@link #envelope}, to be altered. */
    public ObjectNode envelopeJson(String payloadType, byte[] payload) {
        byte[] message = CosignSigner.preAuthenticationEncoding(payloadType, payload);
        byte[] signature = key.sign(message);
        ObjectNode bundle = bundle();
        addEntry(bundle, rekor2Entry(hashedRekordV2(message, signature)));
        addTimestamp(bundle, sigstore.timestamps().stamp(signature, sigstore.now(), false));
        bundle.set("dsseEnvelope", dsse(payloadType, payload, signature));
        return bundle;
    }

    /** A DSSE bundle with an entry of Rekor v1, of the kind {@code dsse}. */
    public ObjectNode envelopeV1Json(String payloadType, byte[] payload) {
        byte[] signature = key.sign(CosignSigner.preAuthenticationEncoding(payloadType, payload));
        ObjectNode body = body("dsse", "0.0.1");
        ObjectNode spec = body.putObject("spec");
        spec.set("envelopeHash", hexHash(payload));
        spec.set("payloadHash", hexHash(payload));
        spec.putArray("signatures")
                .addObject()
                .put("signature", PrivateSigstore.base64(signature))
                .put("verifier", PrivateSigstore.base64(pem()));
        ObjectNode bundle = bundle();
        addEntry(bundle, sigstore.rekor1().log("dsse", "0.0.1", RegistryContent.bytes(body), sigstore.now()));
        bundle.set("dsseEnvelope", dsse(payloadType, payload, signature));
        return bundle;
    }

    /** A bundle of a bare signature over {@code artifact}, with an entry of Rekor v1, of the kind {@code hashedrekord}. */
    public ObjectNode messageV1Json(byte[] artifact) {
        byte[] signature = key.sign(artifact);
        ObjectNode bundle = bundle();
        addEntry(
                bundle,
                sigstore.rekor1()
                        .log(
                                "hashedrekord",
                                "0.0.1",
                                RegistryContent.bytes(hashedRekordV1(artifact, signature)),
                                sigstore.now()));
        ObjectNode message = bundle.putObject("messageSignature").put("signature", PrivateSigstore.base64(signature));
        message.putObject("messageDigest")
                .put("algorithm", "SHA2_256")
                .put("digest", PrivateSigstore.base64(TestFulcio.sha256(artifact)));
        return bundle;
    }

    /** The annotations of cosign's old form, over {@code payload}, with an entry of Rekor v1. */
    public Map<String, String> annotations(byte[] payload) {
        byte[] signature = key.sign(payload);
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("dev.cosignproject.cosign/signature", PrivateSigstore.base64(signature));
        if (certificate != null) {
            annotations.put("dev.sigstore.cosign/certificate", new String(pem(), StandardCharsets.UTF_8));
        }
        ObjectNode entry = sigstore.rekor1()
                .log(
                        "hashedrekord",
                        "0.0.1",
                        RegistryContent.bytes(hashedRekordV1(payload, signature)),
                        sigstore.now());
        annotations.put("dev.sigstore.cosign/bundle", logBundle(entry).toString());
        return annotations;
    }

    /** An entry, as cosign's old form has it. */
    public ObjectNode logBundle(ObjectNode entry) {
        ObjectNode bundle = RegistryContent.JSON.createObjectNode();
        bundle.put(
                "SignedEntryTimestamp",
                entry.path("inclusionPromise").path("signedEntryTimestamp").textValue());
        bundle.putObject("Payload")
                .put("body", entry.path("canonicalizedBody").textValue())
                .put("integratedTime", entry.path("integratedTime").asLong())
                .put("logIndex", entry.path("logIndex").asLong())
                .put("logID", HexFormat.of().formatHex(sigstore.rekor1().id()));
        return bundle;
    }

    /** A bundle that holds no content yet. */
    public ObjectNode bundle() {
        ObjectNode bundle = RegistryContent.JSON.createObjectNode().put("mediaType", BUNDLE);
        ObjectNode material = bundle.putObject("verificationMaterial");
        if (certificate == null) {
            material.putObject("publicKey").put("hint", key.hint());
        } else {
            material.putObject("certificate")
                    .put("rawBytes", PrivateSigstore.base64(PrivateSigstore.encoded(certificate)));
        }
        return bundle;
    }

    public static void addEntry(ObjectNode bundle, ObjectNode entry) {
        bundle.withObject("/verificationMaterial").withArray("tlogEntries").add(entry);
    }

    public static void addTimestamp(ObjectNode bundle, byte[] response) {
        bundle.withObject("/verificationMaterial/timestampVerificationData")
                .withArray("rfc3161Timestamps")
                .addObject()
                .put("signedTimestamp", PrivateSigstore.base64(response));
    }

    public ObjectNode rekor2Entry(ObjectNode body) {
        return sigstore.rekor2().log("hashedrekord", "0.0.2", RegistryContent.bytes(body), sigstore.now());
    }

    /** What Rekor v1 records of a signature over {@code message}. */
    public ObjectNode hashedRekordV1(byte[] message, byte[] signature) {
        ObjectNode body = body("hashedrekord", "0.0.1");
        ObjectNode spec = body.putObject("spec");
        spec.putObject("data").set("hash", hexHash(message));
        ObjectNode recorded = spec.putObject("signature").put("content", PrivateSigstore.base64(signature));
        recorded.putObject("publicKey").put("content", PrivateSigstore.base64(pem()));
        return body;
    }

    /** What Rekor v2 records of a signature over {@code message}. */
    public ObjectNode hashedRekordV2(byte[] message, byte[] signature) {
        ObjectNode body = body("hashedrekord", "0.0.2");
        ObjectNode spec = body.putObject("spec").putObject("hashedRekordV002");
        spec.putObject("data")
                .put("algorithm", "SHA2_256")
                .put("digest", PrivateSigstore.base64(TestFulcio.sha256(message)));
        ObjectNode recorded = spec.putObject("signature").put("content", PrivateSigstore.base64(signature));
        ObjectNode verifier = recorded.putObject("verifier").put("keyDetails", "PKIX_ECDSA_P256_SHA_256");
        if (certificate == null) {
            verifier.putObject("publicKey")
                    .put(
                            "rawBytes",
                            PrivateSigstore.base64(key.keys().getPublic().getEncoded()));
        } else {
            verifier.putObject("x509Certificate")
                    .put("rawBytes", PrivateSigstore.base64(PrivateSigstore.encoded(certificate)));
        }
        return body;
    }

    /** A log's body without its spec. */
    public static ObjectNode body(String kind, String version) {
        return RegistryContent.JSON
                .createObjectNode()
                .put("apiVersion", version)
                .put("kind", kind);
    }

    /** An envelope of one signature. */
    public static ObjectNode dsse(String payloadType, byte[] payload, byte[] signature) {
        ObjectNode envelope = RegistryContent.JSON
                .createObjectNode()
                .put("payload", PrivateSigstore.base64(payload))
                .put("payloadType", payloadType);
        envelope.putArray("signatures").addObject().put("sig", PrivateSigstore.base64(signature));
        return envelope;
    }

    /** {@code {"algorithm": "sha256", "value": ‹hex›}}. */
    public static ObjectNode hexHash(byte[] content) {
        return RegistryContent.JSON
                .createObjectNode()
                .put("algorithm", "sha256")
                .put("value", HexFormat.of().formatHex(TestFulcio.sha256(content)));
    }

    /** The signer's certificate, or its public key, in PEM. */
    public byte[] pem() {
        String pem = certificate == null
                ? key.publicPem()
                : TestAuthority.pem("CERTIFICATE", PrivateSigstore.encoded(certificate));
        return pem.getBytes(StandardCharsets.UTF_8);
    }

    public SigningKey key() {
        return key;
    }
}
