package dev.landwaiter.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Problem;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * AdmissionReviews as bytes: requests read strictly, answers written in one order.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response">AdmissionReview responses</a>
 */
final class ReviewCodec {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final byte[] NO_PATCH = {};
    /** In bytes: the API server writes an object after all that a request says of it. */
    private static final int BEGINNING = 16 << 10;
    /** In characters: what a namespace's name may have. */
    private static final int MOST_NAMESPACE = 63;
    /** A generator gathers what is short and gives it out once, so the stream is then as large as that and no larger. */
    private static final int NOTHING_YET = 0;

    /** What saying how many more there are takes, in characters. */
    private static final int MORE = 30;

    private final Limits limits;
    private final WorkloadKinds validated;
    private final WorkloadKinds mutated;
    private final long most;
    private final int audit;
    private final long mostTokens;
    private final BoundedJson reader;
    /** For what is short enough to have no more tokens than it may: counting them costs. */
    private final BoundedJson readerOfShort;

    /** @param kinds of the objects that are looked at; those that are only warned of are validated and not mutated */
    ReviewCodec(Limits limits, WorkloadKinds kinds) {
        this.validated = kinds;
        this.mutated = kinds.decided();
        this.limits = limits;
        this.most = limits.get(Limit.REVIEW_BYTES);
        this.audit = limits.count(Limit.AUDIT_CHARACTERS);
        this.mostTokens = limits.get(Limit.REVIEW_TOKENS);
        this.reader = new BoundedJson(limits, Limit.REVIEW_DEPTH, Limit.REVIEW_TOKENS);
        this.readerOfShort = new BoundedJson(limits, Limit.REVIEW_DEPTH);
    }

    AdmissionRequest read(byte[] body, Endpoint endpoint) {
        if (body.length > most) {
            throw new Failure(
                    Code.REVIEW_TOO_LARGE,
                    limits.exceeded(Limit.REVIEW_BYTES, "the AdmissionReview").message());
        }
        boolean mayHaveMore = body.length > mostTokens;
        if (mayHaveMore) {
            checkTokens(body);
        }
        JsonNode review =
                (mayHaveMore ? reader : readerOfShort).read(body, Code.REVIEW_MALFORMED, "the AdmissionReview");
        return AdmissionRequest.read(review, endpoint == Endpoint.MUTATE ? mutated : validated);
    }

    /** Counts without making a tree, which would be made in vain, and be large, where there are too many. */
    private void checkTokens(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            long tokens = 0;
            while (json.nextToken() != null) {
                tokens++;
                if (tokens > mostTokens) {
                    throw limits.exceeded(Limit.REVIEW_TOKENS, "the AdmissionReview");
                }
            }
        } catch (IOException e) {
            // whoever makes the tree says what is wrong, in the words for it
            return;
        }
    }

    /** The namespace of the request of {@code body}, {@code ""} where it has none or it does not stand near the beginning. Makes no tree. */
    String namespace(byte[] body) {
        try (JsonParser json = JSON.createParser(body, 0, Math.min(body.length, BEGINNING))) {
            boolean found = json.nextToken() == JsonToken.START_OBJECT
                    && enter(json, "request")
                    && json.currentToken() == JsonToken.START_OBJECT
                    && enter(json, "namespace")
                    && json.currentToken() == JsonToken.VALUE_STRING;
            String namespace = found ? json.getText() : Deadline.NOBODY;
            return namespace.length() <= MOST_NAMESPACE ? namespace : Deadline.NOBODY;
        } catch (IOException e) {
            // what is malformed, or cut off here, is nobody's until it is read
            return Deadline.NOBODY;
        }
    }

    /** Goes to the value of the field of that name in the object that {@code json} is in; whether there is one. */
    private static boolean enter(JsonParser json, String field) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = field.equals(json.currentName());
            JsonToken _ = json.nextToken();
            if (wanted) {
                return true;
            }
            JsonParser _ = json.skipChildren();
        }
        return false;
    }

    /** The answer. Whatever its texts hold, it can be written: what is not ASCII is escaped, halves of surrogate pairs too. */
    byte[] write(String uid, AdmissionPipeline.Decided decided) {
        try {
            return written(uid, decided);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
    }

    private byte[] written(String uid, AdmissionPipeline.Decided decided) throws IOException {
        Decision decision = decided.decision();
        // before the answer is begun: a generator inside another finds the thread's buffers taken, and allocates
        byte[] patch =
                decision instanceof Decision.Allowed allowed && !allowed.patch().isEmpty()
                        ? allowed.patch().toBytes(decided.records().line())
                        : NO_PATCH;
        ByteArrayOutputStream out = new ByteArrayOutputStream(NOTHING_YET);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", AdmissionRequest.API_VERSION);
            json.writeStringField("kind", "AdmissionReview");
            json.writeObjectFieldStart("response");
            json.writeStringField("uid", uid);
            json.writeBooleanField("allowed", !(decision instanceof Decision.Denied));
            if (patch.length > 0) {
                json.writeStringField("patchType", "JSONPatch");
                // the JDK's encoder goes by many bytes at a time, a generator's by three
                byte[] encoded = Base64.getEncoder().encode(patch);
                json.writeFieldName("patch");
                json.writeRawUTF8String(encoded, 0, encoded.length);
            }
            if (decision instanceof Decision.Denied denied) {
                writeStatus(denied, json);
            }
            writeWarnings(decision.warnings(), json);
            writeAudit(decided, json);
            json.writeEndObject();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void writeWarnings(List<String> warnings, JsonGenerator json) throws IOException {
        if (warnings.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("warnings");
        for (String warning : warnings) {
            json.writeString(warning);
        }
        json.writeEndArray();
    }

    /** A metav1.Status: kubectl prints its reason, our stable code, and its message. */
    private static void writeStatus(Decision.Denied denied, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("status");
        json.writeStringField("status", "Failure");
        json.writeNumberField("code", denied.status());
        json.writeStringField("reason", denied.code());
        List<String> lines = new ArrayList<>(denied.problems().size() + 1);
        denied.problems().forEach(problem -> lines.add(problem.message()));
        denied.rest().ifPresent(lines::add);
        json.writeStringField("message", String.join("\n", lines));
        json.writeObjectFieldStart("details");
        json.writeArrayFieldStart("causes");
        for (Problem problem : denied.problems()) {
            json.writeStartObject();
            json.writeStringField("reason", problem.code().name());
            json.writeStringField("message", problem.message());
            json.writeStringField("field", problem.path());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeAudit(AdmissionPipeline.Decided decided, JsonGenerator json) throws IOException {
        Decision decision = decided.decision();
        json.writeObjectFieldStart("auditAnnotations");
        json.writeStringField("decision", decision.name());
        if (!decision.code().isEmpty()) {
            json.writeStringField("code", decision.code());
        }
        if (!decided.records().isEmpty()) {
            json.writeFieldName("images");
            json.writeString(decided.records().line(audit));
        }
        List<ImageOutcome.WouldDeny> wouldDeny = ImageOutcome.wouldDeny(decided.images());
        if (!wouldDeny.isEmpty()) {
            json.writeStringField("wouldDeny", audited(wouldDeny));
        }
        json.writeEndObject();
    }

    /** As a list in JSON: as many of them as there is room for, and at last how many others there are. */
    private String audited(List<ImageOutcome.WouldDeny> wouldDeny) throws IOException {
        StringBuilder list = new StringBuilder("[");
        int told = 0;
        for (ImageOutcome.WouldDeny one : wouldDeny) {
            String text = audited(one);
            if (list.length() + text.length() + MORE > audit) {
                break;
            }
            list.append(told == 0 ? "" : ",").append(text);
            told++;
        }
        if (told < wouldDeny.size()) {
            list.append(told == 0 ? "" : ",").append("{\"more\":%d}".formatted(wouldDeny.size() - told));
        }
        return list.append(']').toString();
    }

    private static String audited(ImageOutcome.WouldDeny one) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("path", one.path());
            json.writeStringField("policy", one.policy());
            json.writeStringField("mode", one.mode());
            json.writeStringField("code", one.code());
            json.writeStringField("message", one.message());
            json.writeEndObject();
        }
        return out.toString();
    }
}
