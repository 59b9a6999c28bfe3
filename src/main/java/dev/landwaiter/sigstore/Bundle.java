package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.util.Map;

/**
 * A signature and all that came along to vouch for it, as read: nothing in it is believed before {@link BundleVerifier} says so. Immutable.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_bundle.proto">the sigstore bundle</a>
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"}) // until it is built
public final class Bundle {
    private final Content content;

    private Bundle(Content content) {
        this.content = content;
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
     * Reads a bundle of version 0.1, 0.2 or 0.3.
     *
     * @param what it is, for messages
     * @throws Failure {@code SIGNATURE_INVALID} where it is none, {@code LIMIT_EXCEEDED} where it is stuffed
     */
    public static Bundle parse(byte[] json, Limits limits, String what) {
        throw new Failure(
                Code.INTERNAL_ERROR,
                "not built yet: " + what + json.length + limits.count(dev.landwaiter.limit.Limit.SIGNATURES));
    }

    /**
     * Puts together what cosign's old form scatters over annotations ({@code dev.cosignproject.cosign/signature},
     * {@code dev.sigstore.cosign/certificate}, {@code …/chain}, {@code …/bundle}, {@code …/rfc3161timestamp}).
     *
     * @throws Failure as {@link #parse}
     */
    public static Bundle ofAnnotations(byte[] payload, Map<String, String> annotations, Limits limits, String what) {
        throw new Failure(
                Code.INTERNAL_ERROR,
                "not built yet: " + what + payload.length + annotations
                        + limits.count(dev.landwaiter.limit.Limit.SIGNATURES));
    }

    public Content content() {
        return content;
    }

    /** Whether it came with a certificate, so that no key may ever have made it. */
    public boolean keyless() {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet");
    }
}
