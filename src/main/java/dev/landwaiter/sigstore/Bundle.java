package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A signature and all that came along to vouch for it, as read: nothing in it is believed before {@link BundleVerifier} says so. Immutable.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_bundle.proto">the sigstore bundle</a>
 */
public final class Bundle {
    private final Content content;
    private final @Nullable X509Certificate certificate;
    private final String keyHint;
    private final Witnesses witnesses;

    /** @param keyHint which key made it, for people: {@code ""} where it does not say, or came with a certificate */
    Bundle(Content content, @Nullable X509Certificate certificate, String keyHint, Witnesses witnesses) {
        this.content = content;
        this.certificate = certificate;
        this.keyHint = keyHint;
        this.witnesses = witnesses;
    }

    /** What was signed. */
    public sealed interface Content {
        /** A DSSE envelope: the payload is inside. {@code signature} is over its pre-authentication encoding. */
        record Envelope(String payloadType, byte[] payload, byte[] signature) implements Content {}

        /** A signature over bytes that are elsewhere, named by their digest ({@code SHA2_256} and so on). */
        record Message(String digestAlgorithm, byte[] digest, byte[] signature) implements Content {}

        /** cosign's old form: a signature over the payload itself, which came along. */
        record Plain(byte[] payload, byte[] signature) implements Content {}
    }

    /**
     * Who may vouch for the signature.
     *
     * @param demand what entries must bring along
     * @param timestamps RFC 3161 responses in DER
     * @param document the envelope as it was written, which the oldest entries are about; empty where it is not known
     */
    record Witnesses(EntryDemand demand, List<ClaimedEntry> entries, List<byte[]> timestamps, byte[] document) {
        Witnesses {
            entries = List.copyOf(entries);
            timestamps = List.copyOf(timestamps);
        }
    }

    /** What the format demands of an entry. */
    enum EntryDemand {
        /** A promise (SET); a proof may come along. */
        PROMISE,
        /** A proof with its checkpoint; a promise may come along. */
        PROOF
    }

    /**
     * Reads a bundle of version 0.1, 0.2 or 0.3.
     *
     * @param what it is, for messages
     * @throws Failure {@code SIGNATURE_INVALID} where it is none, {@code LIMIT_EXCEEDED} where it is stuffed
     */
    public static Bundle parse(byte[] json, Limits limits, String what) {
        return new BundleReader(limits, what).read(json);
    }

    /**
     * Puts together what cosign's old form scatters over annotations ({@code dev.cosignproject.cosign/signature},
     * {@code dev.sigstore.cosign/certificate}, {@code …/bundle}, {@code …/rfc3161timestamp}; {@code …/chain} is not looked at: a trust root
     * brings its own). Where there is no signature among them, {@code payload} is an attestation's DSSE envelope.
     *
     * @throws Failure as {@link #parse}
     */
    public static Bundle ofAnnotations(byte[] payload, Map<String, String> annotations, Limits limits, String what) {
        return new AnnotationsReader(limits, what).read(payload, annotations);
    }

    /**
     * The same signature with the bytes that it is over, where only their digest came along; itself where they did.
     *
     * @throws Failure {@code SIGNATURE_INVALID} where {@code artifact} has another digest; the message completes 'it …'
     */
    public Bundle over(byte[] artifact) {
        return switch (content) {
            case Content.Message message -> {
                byte[] digest = Hashing.of(message.digestAlgorithm(), artifact)
                        .orElseThrow(() -> refused("names its artefact by the unknown digest algorithm \"%s\""
                                .formatted(Text.shown(message.digestAlgorithm()))));
                if (!Arrays.equals(digest, message.digest())) {
                    throw refused("is for another artefact");
                }
                yield new Bundle(new Content.Plain(artifact, message.signature()), certificate, keyHint, witnesses);
            }
            case Content.Envelope envelope -> this;
            case Content.Plain plain -> this;
        };
    }

    private static Failure refused(String why) {
        return new Failure(Code.SIGNATURE_INVALID, why);
    }

    public Content content() {
        return content;
    }

    /** Whether it came with a certificate, so that no key may ever have made it. */
    public boolean keyless() {
        return certificate != null;
    }

    /** What it says of itself, for whoever looks around: nothing of it was checked, and no decision may rest on it. */
    public Stated stated() {
        return Stated.of(this);
    }

    String keyHint() {
        return keyHint;
    }

    Optional<X509Certificate> certificate() {
        return Optional.ofNullable(certificate);
    }

    Witnesses witnesses() {
        return witnesses;
    }
}
