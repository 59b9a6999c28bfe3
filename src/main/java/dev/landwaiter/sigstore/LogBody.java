package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.PemBlocks;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What a transparency log recorded, held against the signature that it came with: an entry vouches only for the very artefact, signature and
 * certificate or key that it names (CVE-2022-23649, CVE-2022-36056, CVE-2026-22703).
 *
 * @see <a href="https://github.com/sigstore/rekor/blob/v1.5.3/pkg/types">the types of Rekor v1</a>,
 *     <a href="https://github.com/sigstore/rekor-tiles/blob/main/api/proto/rekor/v2/entry.proto">and of v2</a>
 */
final class LogBody {
    private static final String WHAT = "the log entry";

    private final Signed signed;
    private final BoundedJson json;

    LogBody(Signed signed, Limits limits) {
        this.signed = signed;
        this.json = new BoundedJson(limits);
    }

    /** Throws where {@code entry} is not about the signature. */
    void check(ClaimedEntry entry) {
        StrictFields body = new StrictFields(tree(entry.body()), LogBody::unlike);
        String kind = body.text("kind");
        String version = body.text("apiVersion");
        if (!entry.kind().isEmpty()
                && !(entry.kind().equals(kind) && entry.version().equals(version))) {
            throw Refusal.of("has a log entry that is said to be %s %s, but is %s %s"
                    .formatted(
                            Text.shown(entry.kind()),
                            Text.shown(entry.version()),
                            Text.shown(kind),
                            Text.shown(version)));
        }
        StrictFields spec = body.object("spec");
        switch (kind + " " + version) {
            case "hashedrekord 0.0.1" -> hashedRekordV1(spec);
            case "hashedrekord 0.0.2" -> hashedRekordV2(spec.object("hashedRekordV002"));
            case "dsse 0.0.1" -> dsseV1(spec);
            case "dsse 0.0.2" -> dsseV2(spec.object("dsseV002"));
            case "intoto 0.0.1" -> intotoV1(spec);
            case "intoto 0.0.2" -> intotoV2(spec.object("content"));
            default ->
                throw Refusal.of(
                        "has a log entry of the unknown kind %s %s".formatted(Text.shown(kind), Text.shown(version)));
        }
    }

    private JsonNode tree(byte[] body) {
        try {
            return json.read(body, Code.SIGNATURE_INVALID, WHAT);
        } catch (Failure e) {
            throw Refusal.of("has a log entry that is not well-formed JSON");
        }
    }

    private void hashedRekordV1(StrictFields spec) {
        hexHash(spec.object("data").object("hash"), signed.message(), "artefact");
        StrictFields signature = spec.object("signature");
        signature(signature.bytes("content"));
        pem(signature.object("publicKey").bytes("content"));
    }

    private void hashedRekordV2(StrictFields spec) {
        StrictFields data = spec.object("data");
        hash(data.text("algorithm"), data.bytes("digest"), signed.message(), "artefact");
        signatureV2(spec.object("signature"));
    }

    private void dsseV1(StrictFields spec) {
        hexHash(spec.object("payloadHash"), envelopePayload(), "payload");
        StrictFields signature = only(spec.list("signatures", 1, LogBody::unlike));
        signature(signature.bytes("signature"));
        pem(signature.bytes("verifier"));
    }

    private void dsseV2(StrictFields spec) {
        StrictFields data = spec.object("payloadHash");
        hash(data.text("algorithm"), data.bytes("digest"), envelopePayload(), "payload");
        signatureV2(only(spec.list("signatures", 1, LogBody::unlike)));
    }

    /** Holds no signature, but the hash of the whole envelope as it was written: of use only where that came along. */
    private void intotoV1(StrictFields spec) {
        if (signed.document().length == 0) {
            throw Refusal.of("has a log entry of the kind intoto 0.0.1, which holds no signature");
        }
        StrictFields content = spec.object("content");
        hexHash(content.object("hash"), signed.document(), "envelope");
        hexHash(content.object("payloadHash"), envelopePayload(), "payload");
        pem(spec.bytes("publicKey"));
    }

    private void intotoV2(StrictFields content) {
        hexHash(content.object("payloadHash"), envelopePayload(), "payload");
        StrictFields envelope = content.object("envelope");
        if (envelope.has("payload") && !holds(envelope.bytes("payload"), envelopePayload())) {
            throw Refusal.of("has a log entry for another payload");
        }
        if (!envelope.text("payloadType").equals(signed.payloadType())) {
            throw Refusal.of("has a log entry for another type of payload");
        }
        StrictFields signature = only(envelope.list("signatures", 1, LogBody::unlike));
        if (!holds(signature.bytes("sig"), signed.signature())) {
            throw Refusal.of("has a log entry for another signature");
        }
        pem(signature.bytes("publicKey"));
    }

    private byte[] envelopePayload() {
        if (signed.payloadType().isEmpty()) {
            throw Refusal.of("has a log entry for an envelope, but is none");
        }
        return signed.payload();
    }

    private void signatureV2(StrictFields signature) {
        signature(signature.bytes("content"));
        StrictFields verifier = signature.object("verifier");
        boolean same = verifier.has("x509Certificate")
                ? signed.byCertificate(verifier.object("x509Certificate").bytes("rawBytes"))
                : signed.byPublicKey(verifier.object("publicKey").bytes("rawBytes"));
        if (!same) {
            throw otherSigner();
        }
    }

    private void pem(byte[] pem) {
        PemBlocks.Block block = PemBlocks.only(new String(pem, StandardCharsets.ISO_8859_1))
                .orElseThrow(() -> unlike("its verifier is not one PEM block"));
        boolean same = switch (block.label()) {
            case "CERTIFICATE" -> signed.byCertificate(block.der());
            case "PUBLIC KEY" -> signed.byPublicKey(block.der());
            default -> false;
        };
        if (!same) {
            throw otherSigner();
        }
    }

    private static Failure otherSigner() {
        return Refusal.of("has a log entry for another certificate or key");
    }

    private void signature(byte[] logged) {
        if (!Arrays.equals(logged, signed.signature())) {
            throw Refusal.of("has a log entry for another signature");
        }
    }

    private static void hexHash(StrictFields hash, byte[] content, String of) {
        try {
            hash(hash.text("algorithm"), HexFormat.of().parseHex(hash.text("value")), content, of);
        } catch (IllegalArgumentException e) {
            throw hash.complain("is not a hash in hex");
        }
    }

    private static void hash(String algorithm, byte[] logged, byte[] content, String of) {
        byte[] expected = Hashing.of(algorithm, content)
                .orElseThrow(() -> unlike("the hash algorithm \"%s\" is unknown".formatted(Text.shown(algorithm))));
        if (!Arrays.equals(logged, expected)) {
            throw Refusal.of("has a log entry for another " + of);
        }
    }

    /** Entries of the kind intoto 0.0.2 hold Base64 of Base64 where the envelope has it once; not every client writes it so. */
    private static boolean holds(byte[] logged, byte[] content) {
        return Arrays.equals(logged, content)
                || Arrays.equals(logged, Base64.getEncoder().encode(content));
    }

    private static StrictFields only(List<StrictFields> signatures) {
        if (signatures.isEmpty()) {
            throw unlike("it has no signature");
        }
        return signatures.getFirst();
    }

    private static Failure unlike(String why) {
        return Refusal.of("has a log entry that can't be read: " + why);
    }
}
