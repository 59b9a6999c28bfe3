package dev.landwaiter.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * Reads what may be a signature of one digest, in both forms that cosign writes. Whatever the bytes are, the answer is a {@link Claim}:
 * nothing that they hold is believed before the signature is checked, it can only disqualify.
 *
 * @see <a href="https://github.com/sigstore/cosign/blob/v3.1.3/specs/SIGNATURE_SPEC.md">cosign's signature specification</a>
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_bundle.proto">the sigstore bundle</a>
 * @see <a href="https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md">DSSE</a>
 */
final class ClaimReader {
    private static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE_ANNOTATION = "dev.sigstore.cosign/certificate";
    private static final String SIMPLE_TYPE = "cosign container image signature";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
    private static final Set<String> STATEMENTS =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle";
    private static final Set<String> BUNDLES = Set.of(
            BUNDLE + "+json;version=0.1",
            BUNDLE + "+json;version=0.2",
            BUNDLE + "+json;version=0.3",
            BUNDLE + ".v0.3+json");

    private final Digest subject;
    private final Limits limits;
    private final BoundedJson json;

    /** Reads what speaks of {@code subject}. */
    ClaimReader(Digest subject, Limits limits) {
        this.subject = subject;
        this.limits = limits;
        this.json = new BoundedJson(limits, Limit.JSON_DEPTH);
    }

    /** Whether content of {@code mediaType} is a bundle of any version: read it to learn whether of one that is known. */
    static boolean isBundle(String mediaType) {
        return mediaType.startsWith(BUNDLE);
    }

    /** The old form: a simple signing payload, its signature beside it in the layer's annotations. */
    Claim simple(Descriptor layer, byte[] payload, String where) {
        byte[] signature = base64(layer.annotations().getOrDefault(SIGNATURE_ANNOTATION, ""));
        if (signature.length == 0) {
            return new Claim.Defective(where, "has no base64 in its annotation \"%s\"".formatted(SIGNATURE_ANNOTATION));
        }
        JsonNode critical;
        try {
            critical = json.read(payload, Code.SIGNATURE_INVALID, where).path("critical");
        } catch (Failure e) {
            return new Claim.Defective(where, "is not well-formed JSON");
        }
        String type = text(critical.path("type"));
        if (!type.equals(SIMPLE_TYPE)) {
            return new Claim.Defective(
                    where, "has the type \"%s\" instead of \"%s\"".formatted(shown(type), SIMPLE_TYPE));
        }
        String named = text(critical.path("image").path("docker-manifest-digest"));
        if (!named.equals(subject.toString())) {
            return new Claim.Defective(where, "is for another digest, %s".formatted(shown(named)));
        }
        boolean keyless = layer.annotations().containsKey(CERTIFICATE_ANNOTATION);
        return new Claim.Signed(where, Evidence.Format.COSIGN_SIMPLE, payload, signature, keyless);
    }

    /** The new form: a sigstore bundle around a DSSE envelope around an in-toto statement. */
    Claim bundle(byte[] content, String where) {
        try {
            JsonNode bundle = json.read(content, Code.SIGNATURE_INVALID, where);
            String mediaType = text(bundle.path("mediaType"));
            if (!BUNDLES.contains(mediaType)) {
                return new Claim.Defective(where, "is a bundle of the unknown type \"%s\"".formatted(shown(mediaType)));
            }
            JsonNode envelope = bundle.path("dsseEnvelope");
            if (!envelope.isObject()) {
                // a messageSignature is over a blob's bytes, says nothing of an image, and cosign never makes one for
                // an image
                return bundle.has("messageSignature")
                        ? new Claim.Unrelated(where, "a signature of a blob")
                        : new Claim.Defective(where, "has no DSSE envelope");
            }
            boolean keyless = !bundle.path("verificationMaterial").has("publicKey");
            return envelope(envelope, keyless, where);
        } catch (Failure e) {
            return new Claim.Defective(where, "is not well-formed JSON");
        }
    }

    private Claim envelope(JsonNode envelope, boolean keyless, String where) {
        String payloadType = text(envelope.path("payloadType"));
        if (!payloadType.equals(IN_TOTO)) {
            return new Claim.Defective(
                    where, "has a payload of type \"%s\" instead of \"%s\"".formatted(shown(payloadType), IN_TOTO));
        }
        JsonNode signatures = envelope.path("signatures");
        byte[] signature = base64(text(signatures.path(0).path("sig")));
        if (signatures.size() != 1 || signature.length == 0) {
            return new Claim.Defective(
                    where, "has an envelope with %d signatures where one was expected".formatted(signatures.size()));
        }
        byte[] payload = base64(text(envelope.path("payload")));
        JsonNode statement = json.read(payload, Code.SIGNATURE_INVALID, where);
        String type = text(statement.path("_type"));
        if (!STATEMENTS.contains(type)) {
            return new Claim.Defective(where, "holds a statement of the unknown type \"%s\"".formatted(shown(type)));
        }
        String predicateType = text(statement.path("predicateType"));
        if (!predicateType.equals(SIGNATURE_PREDICATE)) {
            return new Claim.Unrelated(where, "an attestation of type \"%s\"".formatted(shown(predicateType)));
        }
        JsonNode subjects = statement.path("subject");
        if (subjects.size() > limits.count(Limit.SUBJECTS)) {
            return new Claim.Defective(
                    where, "has %d subjects; %d are allowed".formatted(subjects.size(), limits.count(Limit.SUBJECTS)));
        }
        if (!names(subjects)) {
            return new Claim.Defective(where, "is for another digest, %s".formatted(shown(digests(subjects))));
        }
        return new Claim.Signed(
                where, Evidence.Format.SIGSTORE_BUNDLE, encoded(payloadType, payload), signature, keyless);
    }

    private boolean names(JsonNode subjects) {
        for (JsonNode entry : subjects) {
            if (text(entry.path("digest").path(subject.algorithm())).equals(subject.hex())) {
                return true;
            }
        }
        return false;
    }

    private static String digests(JsonNode subjects) {
        StringBuilder all = new StringBuilder();
        for (JsonNode entry : subjects) {
            entry.path("digest")
                    .properties()
                    .forEach(digest -> all.append(all.isEmpty() ? "" : ", ")
                            .append(digest.getKey())
                            .append(':')
                            .append(text(digest.getValue())));
        }
        return all.toString();
    }

    /** What a DSSE signature is over: {@code DSSEv1 <length> <type> <length> <payload>}, lengths in bytes. */
    private static byte[] encoded(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(payload.length + 64);
        encoded.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
        encoded.writeBytes(type);
        encoded.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
        encoded.writeBytes(payload);
        return encoded.toByteArray();
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    /** Empty where it is not base64: an empty signature or payload is never good. */
    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** For a message: bounded and on one line, because it comes from outside. */
    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 100 ? line.substring(0, 100) + "…" : line;
    }
}
