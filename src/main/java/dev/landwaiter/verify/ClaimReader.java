package dev.landwaiter.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ShapedJson;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.sigstore.Bundle;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads what may be a signature or an attestation of one digest, in all forms that cosign writes. Whatever the bytes are, the answer is a
 * {@link Claim}: nothing that they hold is believed before the signature is checked, it can only disqualify.
 *
 * @see <a href="https://github.com/sigstore/cosign/blob/v3.1.3/specs/SIGNATURE_SPEC.md">cosign's signature specification</a>
 * @see <a href="https://github.com/sigstore/cosign/blob/v3.1.3/specs/ATTESTATION_SPEC.md">cosign's attestation specification</a>
 * @see <a href="https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md">the in-toto statement</a>
 */
final class ClaimReader {
    private static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
    private static final String SIMPLE_TYPE = "cosign container image signature";
    private static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
    private static final String STATEMENT = "application/vnd.in-toto+json";
    private static final Set<String> STATEMENT_TYPES =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle";
    private static final ShapedJson.Complaints COMPLAINTS = new ShapedJson.Complaints(
            Code.SIGNATURE_INVALID, Code.SIGNATURE_INVALID, "Sign again with a current cosign.");
    private static final String DSSE = "application/vnd.dsse.envelope.v1+json";

    private final Digest subject;
    private final Limits limits;
    private final ShapedJson simple;
    private final ShapedJson statements;
    private final BoundedJson wholeStatements;

    /** Reads what speaks of {@code subject}. */
    ClaimReader(Digest subject, Limits limits) {
        this.subject = subject;
        this.limits = limits;
        this.simple = new ShapedJson(ClaimShapes.SIMPLE_SIGNING, limits, Limit.JSON_TOKENS, COMPLAINTS);
        this.statements = new ShapedJson(ClaimShapes.STATEMENT, limits, Limit.STATEMENT_TOKENS, COMPLAINTS);
        this.wholeStatements = new BoundedJson(limits, Limit.JSON_DEPTH, Limit.STATEMENT_TOKENS);
    }

    /** Whether content of {@code mediaType} is a bundle of any version: read it to learn whether of one that is known. */
    static boolean isBundle(String mediaType) {
        return mediaType.startsWith(BUNDLE);
    }

    /** Whether content of {@code mediaType} is an attestation of the old form. */
    static boolean isEnvelope(String mediaType) {
        return mediaType.equals(DSSE);
    }

    /** The statement that an attestation's payload is. */
    JsonNode statement(Claim.Attested attested) {
        return switch (attested.bundle().content()) {
            case Bundle.Content.Envelope envelope ->
                wholeStatements.read(envelope.payload(), Code.ATTESTATION_REJECTED, attested.where());
            case Bundle.Content.Message _, Bundle.Content.Plain _ ->
                throw new IllegalStateException("an attestation is in an envelope");
        };
    }

    /** The old form of a signature: a simple signing payload, its signature and what vouches for it in the layer's annotations. */
    Claim simple(Descriptor layer, byte[] payload, String where) {
        if (layer.annotations().getOrDefault(SIGNATURE_ANNOTATION, "").isEmpty()) {
            return defective(where, "has no signature in its annotation \"%s\"".formatted(SIGNATURE_ANNOTATION));
        }
        return read(where, () -> {
            Bundle bundle = Bundle.ofAnnotations(payload, layer.annotations(), limits, where);
            JsonNode critical = simple.read(payload, where).path("critical");
            String type = text(critical.path("type"));
            if (!type.equals(SIMPLE_TYPE)) {
                return defective(where, "has the type \"%s\" instead of \"%s\"".formatted(shown(type), SIMPLE_TYPE));
            }
            String named = text(critical.path("image").path("docker-manifest-digest"));
            if (!named.equals(subject.toString())) {
                return defective(where, "is for another digest, %s".formatted(shown(named)));
            }
            return new Claim.Signature(where, Evidence.Format.COSIGN_SIMPLE, bundle);
        });
    }

    /** The old form of an attestation: a DSSE envelope, and in the layer's annotations what vouches for its signature. */
    Claim attestation(Descriptor layer, byte[] envelope, String where) {
        if (!layer.annotations().getOrDefault(SIGNATURE_ANNOTATION, "").isEmpty()) {
            return defective(where, "has a signature beside its envelope's own");
        }
        return read(where, () -> {
            Bundle bundle = Bundle.ofAnnotations(envelope, layer.annotations(), limits, where);
            return bundle.content() instanceof Bundle.Content.Envelope content
                    ? statement(bundle, content, Evidence.Format.COSIGN_ATTESTATION, where)
                    : defective(where, "has no DSSE envelope");
        });
    }

    /** The new form of both: a sigstore bundle around a DSSE envelope around an in-toto statement. */
    Claim bundle(byte[] content, String where) {
        return read(where, () -> {
            Bundle bundle = Bundle.parse(content, limits, where);
            return switch (bundle.content()) {
                case Bundle.Content.Envelope envelope ->
                    statement(bundle, envelope, Evidence.Format.SIGSTORE_BUNDLE, where);
                // it is over a blob's bytes, says nothing of an image, and cosign never makes one for an image
                case Bundle.Content.Message _, Bundle.Content.Plain _ ->
                    new Claim.Unrelated(where, "a signature of a blob");
            };
        });
    }

    private Claim statement(Bundle bundle, Bundle.Content.Envelope envelope, Evidence.Format format, String where) {
        if (!envelope.payloadType().equals(STATEMENT)) {
            return defective(
                    where,
                    "has a payload of type \"%s\" instead of \"%s\""
                            .formatted(shown(envelope.payloadType()), STATEMENT));
        }
        JsonNode statement = statements.read(envelope.payload(), where);
        String type = text(statement.path("_type"));
        if (!STATEMENT_TYPES.contains(type)) {
            return defective(where, "holds a statement of the unknown type \"%s\"".formatted(shown(type)));
        }
        String predicateType = text(statement.path("predicateType"));
        if (predicateType.isEmpty()) {
            return defective(where, "holds a statement without a predicate type");
        }
        boolean signature = predicateType.equals(SIGNATURE_PREDICATE);
        String meant = signature ? "" : predicateType;
        JsonNode subjects = statement.path("subject");
        if (subjects.size() > limits.count(Limit.SUBJECTS)) {
            return new Claim.Defective(
                    where,
                    "has %d subjects; the limit '%s' is %d"
                            .formatted(subjects.size(), Limit.SUBJECTS.text(), limits.get(Limit.SUBJECTS)),
                    meant);
        }
        if (!names(subjects)) {
            return new Claim.Defective(where, "is for another digest, %s".formatted(shown(digests(subjects))), meant);
        }
        // the old form never holds signatures: one there would have another place's meaning
        return signature && format == Evidence.Format.SIGSTORE_BUNDLE
                ? new Claim.Signature(where, format, bundle)
                : new Claim.Attested(where, format, bundle, predicateType);
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

    private static Claim read(String where, Supplier<Claim> reading) {
        try {
            return reading.get();
        } catch (Failure e) {
            return defective(where, "can't be read: " + why(e, where));
        }
    }

    /** Of {@code Could not read ‹where›: ‹why›. ‹Next step›.} the middle. */
    private static String why(Failure failure, String where) {
        String start = "Could not read " + where + ": ";
        String message = failure.message();
        String rest = message.startsWith(start) ? message.substring(start.length()) : message;
        int next = rest.indexOf(". ");
        return shown(next < 0 ? rest : rest.substring(0, next));
    }

    private static Claim.Defective defective(String where, String why) {
        return new Claim.Defective(where, why, "");
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    private static String shown(String text) {
        return Shown.of(text, 100);
    }
}
