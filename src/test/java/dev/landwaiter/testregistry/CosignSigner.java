package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Signs what is in a registry as cosign does with a key and without a transparency log: in the old form, as {@code cosign sign} of
 * version 2 writes it, and as a sigstore bundle, which is version 3's default.
 */
public final class CosignSigner {
    /** The predicate type of a signature among the attestations. */
    public static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";

    /** The media type of a sigstore bundle of version 0.3. */
    public static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    private static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

    private final RegistryContent content;
    private final TestImages images;

    CosignSigner(RegistryContent content, TestImages images) {
        this.content = content;
        this.images = images;
    }

    /** Signs in the old form: one more layer under the tag {@code sha256-<hex>.sig}. */
    public void signSimple(Pushed image, SigningKey key) {
        byte[] payload = simplePayload(image.host() + "/" + image.repository(), image.digest());
        signSimple(image, payload, key.sign(payload));
    }

    /** As {@link #signSimple(Pushed, SigningKey)}, with whatever payload and signature. */
    public void signSimple(Pushed image, byte[] payload, byte[] signature) {
        String repository = image.repository();
        String tag = image.digest().algorithm() + "-" + image.digest().hex() + ".sig";
        ObjectNode manifest = RegistryContent.JSON
                .createObjectNode()
                .put("schemaVersion", 2)
                .put("mediaType", MediaType.OCI_MANIFEST);
        ArrayNode layers = RegistryContent.JSON.createArrayNode();
        content.manifest(repository, tag)
                .ifPresent(known -> known.json().path("layers").forEach(layers::add));
        ObjectNode layer = descriptor(repository, MediaType.SIMPLE_SIGNING, payload);
        layer.putObject("annotations")
                .put(SIGNATURE_ANNOTATION, Base64.getEncoder().encodeToString(signature));
        layers.add(layer);
        byte[] config =
                "{\"architecture\":\"\",\"os\":\"\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                        .getBytes(StandardCharsets.UTF_8);
        manifest.set("config", descriptor(repository, MediaType.OCI_CONFIG, config));
        manifest.set("layers", layers);
        content.tag(
                repository,
                tag,
                content.putManifest(repository, MediaType.OCI_MANIFEST, RegistryContent.bytes(manifest)));
    }

    /** The payload of the old form, that {@code reference} has {@code digest}. */
    public static byte[] simplePayload(String reference, Digest digest) {
        ObjectNode payload = RegistryContent.JSON.createObjectNode();
        ObjectNode critical = payload.putObject("critical");
        critical.putObject("identity").put("docker-reference", reference);
        critical.putObject("image").put("docker-manifest-digest", digest.toString());
        critical.put("type", "cosign container image signature");
        payload.putNull("optional");
        return RegistryContent.bytes(payload);
    }

    /** Signs with a sigstore bundle v0.3, as referrer; gives the bundle's manifest. */
    public Pushed signBundle(Pushed image, SigningKey key) {
        return attest(image, key, SIGNATURE_PREDICATE, RegistryContent.JSON.createObjectNode());
    }

    /** Attests {@code predicate} of {@code image} with a sigstore bundle v0.3, as referrer. */
    public Pushed attest(Pushed image, SigningKey key, String predicateType, JsonNode predicate) {
        byte[] statement = statement(image.digest(), predicateType, predicate);
        return pushBundle(image, predicateType, bundle(PAYLOAD_TYPE, statement, key));
    }

    /** An in-toto statement v1 of one subject. */
    public static byte[] statement(Digest subject, String predicateType, JsonNode predicate) {
        ObjectNode statement = RegistryContent.JSON.createObjectNode().put("_type", "https://in-toto.io/Statement/v1");
        ObjectNode digests = RegistryContent.JSON.createObjectNode().put(subject.algorithm(), subject.hex());
        ObjectNode entry = statement.putArray("subject").addObject();
        entry.set("digest", digests);
        entry.putObject("annotations");
        statement.put("predicateType", predicateType);
        statement.set("predicate", predicate);
        return RegistryContent.bytes(statement);
    }

    /** A bundle whose envelope holds {@code payload}, signed by {@code key} over the DSSE pre-authentication encoding. */
    public static byte[] bundle(String payloadType, byte[] payload, SigningKey key) {
        Base64.Encoder base64 = Base64.getEncoder();
        ObjectNode bundle = RegistryContent.JSON.createObjectNode().put("mediaType", BUNDLE);
        bundle.putObject("verificationMaterial").putObject("publicKey").put("hint", key.hint());
        ObjectNode envelope = bundle.putObject("dsseEnvelope")
                .put("payload", base64.encodeToString(payload))
                .put("payloadType", payloadType);
        envelope.putArray("signatures")
                .addObject()
                .put("sig", base64.encodeToString(key.sign(preAuthenticationEncoding(payloadType, payload))));
        return RegistryContent.bytes(bundle);
    }

    /** Pushes {@code bundle} as referrer of {@code image}, annotated as of {@code predicateType}. */
    public Pushed pushBundle(Pushed image, String predicateType, byte[] bundle) {
        return images.artifact(image.repository())
                .artifactType(BUNDLE)
                .layer(BUNDLE, bundle)
                .annotation("dev.sigstore.bundle.content", "dsse-envelope")
                .annotation("dev.sigstore.bundle.predicateType", predicateType)
                .annotation("org.opencontainers.image.created", "2026-11-20T21:58:15Z")
                .subject(image)
                .push();
    }

    /** {@code DSSEv1 <length> <type> <length> <payload>}: what a DSSE signature is over. */
    static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        String head = "DSSEv1 " + payloadType.getBytes(StandardCharsets.UTF_8).length + " " + payloadType + " "
                + payload.length + " ";
        encoded.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        encoded.writeBytes(payload);
        return encoded.toByteArray();
    }

    private ObjectNode descriptor(String repository, String mediaType, byte[] bytes) {
        return RegistryContent.JSON
                .createObjectNode()
                .put("mediaType", mediaType)
                .put("size", bytes.length)
                .put("digest", content.putBlob(repository, bytes).toString());
    }
}
