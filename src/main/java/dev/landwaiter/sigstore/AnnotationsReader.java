package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.PemBlocks;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads cosign's old form: a payload, and annotations of its layer that hold its signature and what vouches for it.
 *
 * @see <a href="https://github.com/sigstore/cosign/blob/v3.1.3/specs/SIGNATURE_SPEC.md">cosign's signature specification</a>
 */
final class AnnotationsReader {
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String LOG_BUNDLE = "dev.sigstore.cosign/bundle";
    private static final String TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";

    private final BundleReader reader;

    AnnotationsReader(Limits limits, String what) {
        this.reader = new BundleReader(limits, what);
    }

    Bundle read(byte[] payload, Map<String, String> annotations) {
        boolean attestation = annotations.getOrDefault(SIGNATURE, "").isEmpty();
        Bundle.Content content = attestation ? reader.envelope(reader.document(payload)) : plain(payload, annotations);
        List<ClaimedEntry> entries =
                find(annotations, LOG_BUNDLE).map(this::entry).stream().toList();
        List<byte[]> timestamps =
                find(annotations, TIMESTAMP).map(this::timestamp).stream().toList();
        return new Bundle(
                content,
                find(annotations, CERTIFICATE).map(this::certificate).orElse(null),
                "",
                new Bundle.Witnesses(
                        Bundle.EntryDemand.PROMISE, entries, timestamps, attestation ? payload : new byte[0]));
    }

    /** cosign writes an empty annotation for what is not there. */
    private static Optional<String> find(Map<String, String> annotations, String name) {
        return Optional.ofNullable(annotations.get(name)).filter(text -> !text.isEmpty());
    }

    private Bundle.Content plain(byte[] payload, Map<String, String> annotations) {
        ObjectNode texts = JsonNodeFactory.instance.objectNode();
        texts.put(SIGNATURE, annotations.get(SIGNATURE));
        return new Bundle.Content.Plain(payload, new StrictFields(texts, reader::invalid).bytes(SIGNATURE));
    }

    private X509Certificate certificate(String pem) {
        return PemBlocks.only(pem)
                .filter(block -> block.label().equals("CERTIFICATE"))
                .map(block -> reader.certificate(block.der()))
                .orElseThrow(() -> reader.invalid(
                        "its annotation \"%s\" is not one PEM block of a certificate".formatted(CERTIFICATE)));
    }

    /** {@code {"SignedEntryTimestamp": …, "Payload": {body, integratedTime, logIndex, logID}}}. */
    private ClaimedEntry entry(String json) {
        StrictFields bundle = reader.document(json.getBytes(StandardCharsets.UTF_8));
        StrictFields payload = bundle.object("Payload");
        return new ClaimedEntry(
                hex(payload, "logID"),
                payload.number("logIndex"),
                payload.number("integratedTime"),
                "",
                "",
                bundle.bytes("SignedEntryTimestamp"),
                null,
                payload.bytes("body"));
    }

    private String hex(StrictFields of, String name) {
        String text = of.text(name);
        try {
            byte[] bytes = HexFormat.of().parseHex(text);
            if (HexFormat.of().formatHex(bytes).equals(text)) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw of.complain("has a %s that is not lower-case hex".formatted(name));
    }

    private byte[] timestamp(String json) {
        return reader.timestamp(
                reader.document(json.getBytes(StandardCharsets.UTF_8)).bytes("SignedRFC3161Timestamp"));
    }
}
