package dev.landwaiter.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What registries answered, to be asked again without them. It holds no credential: neither what was shown nor where a redirect led. The same
 * answers are the same bytes. Immutable.
 */
public final class Recording {
    static final String KIND = "RegistryRecording";
    /** What the client reads of an answer; nothing else is kept. */
    static final Set<String> HEADERS = Set.of("content-type", "docker-content-digest", "link");

    private static final String VERSION = "landwaiter.dev/v1alpha1";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final List<String> images;
    private final SortedMap<Question, Answer> answers;

    Recording(Collection<String> images, Map<Question, Answer> answers) {
        this.images = List.copyOf(new TreeSet<>(images));
        this.answers = new TreeMap<>(answers);
    }

    /**
     * A request as a registry sees it, but for who asks.
     *
     * @param host and port where it is not 443
     * @param path with the query
     */
    record Question(String host, String path, String method) implements Comparable<Question> {
        private static final Comparator<Question> ORDER = Comparator.comparing(Question::host)
                .thenComparing(Question::path)
                .thenComparing(Question::method);

        @Override
        public int compareTo(Question other) {
            return ORDER.compare(this, other);
        }
    }

    /** What was answered in the end, after any redirect. */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        Answer {
            headers = Map.copyOf(headers);
        }
    }

    /** The references that it was made for, sorted. */
    public List<String> images() {
        return images;
    }

    Optional<Answer> find(Question question) {
        return Optional.ofNullable(answers.get(question));
    }

    /** As JSON, ending in a line break. */
    public byte[] toJson() {
        ObjectNode root =
                JsonNodeFactory.instance.objectNode().put("apiVersion", VERSION).put("kind", KIND);
        images.forEach(root.putArray("images")::add);
        ArrayNode list = root.putArray("answers");
        answers.forEach((question, answer) -> {
            ObjectNode one = list.addObject()
                    .put("host", question.host())
                    .put("path", question.path())
                    .put("method", question.method())
                    .put("status", answer.status());
            ObjectNode headers = one.putObject("headers");
            new TreeMap<>(answer.headers()).forEach(headers::put);
            one.put("digest", sha256(answer.body()))
                    .put("body", Base64.getEncoder().encodeToString(answer.body()));
        });
        try {
            return (JSON.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param what it is, for messages: {@code evidence "evidence.json"}
     * @throws Failure {@code EVIDENCE_INVALID} where it is something else or was altered, {@code LIMIT_EXCEEDED}
     */
    public static Recording parse(byte[] json, Limits limits, String what) {
        if (json.length > limits.get(Limit.EVIDENCE_BYTES)) {
            throw limits.exceeded(Limit.EVIDENCE_BYTES, what);
        }
        JsonNode root = new BoundedJson(limits).read(json, Code.EVIDENCE_INVALID, what);
        if (!root.path("kind").asText("").equals(KIND)
                || !root.path("apiVersion").asText("").equals(VERSION)) {
            throw invalid(what, "it is not a %s of %s".formatted(KIND, VERSION), null);
        }
        Set<String> images = new TreeSet<>();
        root.path("images").forEach(image -> images.add(image.asText()));
        Map<Question, Answer> answers = new TreeMap<>();
        for (JsonNode one : root.path("answers")) {
            answers.put(
                    new Question(text(one, "host"), text(one, "path"), text(one, "method")),
                    new Answer(one.path("status").asInt(), headers(one), body(one, what)));
        }
        return new Recording(images, answers);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }

    private static Map<String, String> headers(JsonNode answer) {
        Map<String, String> headers = new TreeMap<>();
        answer.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText("")));
        headers.keySet().retainAll(HEADERS);
        return headers;
    }

    private static byte[] body(JsonNode answer, String what) {
        try {
            byte[] body = Base64.getDecoder().decode(text(answer, "body"));
            if (!text(answer, "digest").equals(sha256(body))) {
                throw invalid(
                        what,
                        "the answer to %s does not have the digest that stands beside it"
                                .formatted(text(answer, "path")),
                        null);
            }
            return body;
        } catch (IllegalArgumentException e) {
            throw invalid(what, "the answer to %s is not base64".formatted(text(answer, "path")), e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Failure invalid(String what, String why, @Nullable Exception cause) {
        return new Failure(
                Code.EVIDENCE_INVALID,
                "Could not read %s: %s. Record it again with 'landwaiter policy test --record FILE'."
                        .formatted(what, why),
                cause);
    }
}
