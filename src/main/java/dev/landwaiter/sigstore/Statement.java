package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An in-toto statement: what an envelope says, of whom.
 *
 * @param subjects the digests of each, by algorithm ({@code sha256}), in hex
 * @param predicate {@code null} in JSON where there is none
 * @see <a href="https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md">the statement's specification</a>
 */
public record Statement(List<Map<String, String>> subjects, String predicateType, JsonNode predicate) {
    /** The payload type of an envelope that holds one. */
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    /** The statement types that are known. */
    public static final Set<String> TYPES =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");

    public Statement {
        subjects = subjects.stream().map(Map::copyOf).toList();
    }

    /**
     * Reads the statement that {@code envelope} holds.
     *
     * @param what it is, for messages
     * @throws Failure {@code SIGNATURE_INVALID} where it holds none of a type that is known, {@code LIMIT_EXCEEDED} where it is stuffed
     */
    public static Statement parse(Bundle.Content.Envelope envelope, Limits limits, String what) {
        if (!envelope.payloadType().equals(PAYLOAD_TYPE)) {
            throw invalid(
                    what,
                    "its payload is of type \"%s\" instead of \"%s\""
                            .formatted(Text.shown(envelope.payloadType()), PAYLOAD_TYPE));
        }
        JsonNode tree =
                new BoundedJson(limits, Limit.JSON_DEPTH).read(envelope.payload(), Code.SIGNATURE_INVALID, what);
        Fields statement = new Fields(tree, why -> invalid(what, why));
        String type = statement.text("_type");
        if (!TYPES.contains(type)) {
            throw invalid(what, "it holds a statement of the unknown type \"%s\"".formatted(Text.shown(type)));
        }
        List<Map<String, String>> subjects = new ArrayList<>();
        for (Fields subject :
                statement.list("subject", limits.count(Limit.SUBJECTS), _ -> limits.exceeded(Limit.SUBJECTS, what))) {
            subjects.add(digests(subject));
        }
        return new Statement(subjects, statement.text("predicateType"), tree.path("predicate"));
    }

    private static Map<String, String> digests(Fields subject) {
        Map<String, String> digests = new HashMap<>();
        subject.find("digest")
                .ifPresent(digest -> digest.names().forEach(name -> digests.put(name, digest.text(name))));
        return digests;
    }

    /** Whether it is about what has the digest {@code hex}; one of several subjects suffices. */
    public boolean isAbout(String algorithm, String hex) {
        return subjects.stream().anyMatch(subject -> hex.equals(subject.get(algorithm)));
    }

    private static Failure invalid(String what, String why) {
        return new Failure(
                Code.SIGNATURE_INVALID,
                "Could not read %s: %s. Attest again with a current cosign.".formatted(what, why));
    }
}
