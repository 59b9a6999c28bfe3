package dev.landwaiter.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of Kubernetes objects: exactly what kubectl would read of them, or nothing. What we say of a file must hold of what
 * {@code kubectl apply} makes of it. Immutable and safe for use by many threads.
 *
 * @see <a href="https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/yaml/decoder.go">kubectl's decoder</a>
 */
public final class KubernetesYaml {
    private final YamlReader yaml;
    private final BoundedJson json;
    private final Limits limits;
    private final Limit bytes;

    /** A reader of files of at most {@code bytes}. */
    public KubernetesYaml(Limits limits, Limit bytes) {
        this.yaml = new YamlReader(limits, bytes);
        this.json = new BoundedJson(limits, Limit.YAML_DEPTH);
        this.limits = limits;
        this.bytes = bytes;
    }

    /** The documents of a file in JSON, up to the first problem; one that is empty is null there. */
    public record Documents(
            List<JsonNode> documents, @Nullable YamlProblem firstProblem) {
        public Documents {
            documents = List.copyOf(documents);
        }

        /** Why no more was read; empty where all was. */
        public Optional<YamlProblem> problem() {
            return Optional.ofNullable(firstProblem);
        }
    }

    /**
     * Reads {@code content}. What begins with a brace is JSON if it can be read as such, and YAML otherwise.
     *
     * @param what is read, for the message: {@code file "pod.yaml"}
     * @throws Failure {@code LIMIT_EXCEEDED}
     */
    public Documents read(byte[] content, String what) {
        if (content.length > limits.get(bytes)) {
            throw limits.exceeded(bytes, what);
        }
        Optional<JsonNode> whole = beginsWithBrace(content) ? json(content, what) : Optional.empty();
        return whole.map(object -> new Documents(List.of(object), null)).orElseGet(() -> yaml(content, what));
    }

    private Documents yaml(byte[] content, String what) {
        YamlDocuments read = yaml.read(content, what);
        List<JsonNode> documents = new ArrayList<>();
        try {
            read.documents().forEach(document -> documents.add(ObjectTree.of(document)));
            return new Documents(documents, read.firstProblem());
        } catch (YamlRefusal e) {
            return new Documents(documents, e.problem());
        }
    }

    /** Empty where it is not JSON: the reader of YAML says why it is not YAML either. */
    private Optional<JsonNode> json(byte[] content, String what) {
        try {
            return SourceText.isUtf8(content)
                    ? Optional.of(json.read(content, Code.FILE_UNREADABLE, what))
                    : Optional.empty();
        } catch (Failure e) {
            if (e.code() == Code.LIMIT_EXCEEDED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static boolean beginsWithBrace(byte[] content) {
        for (byte one : content) {
            if (one != ' ' && one != '\t' && one != '\r' && one != '\n') {
                return one == '{';
            }
        }
        return false;
    }

    /**
     * Whether kubectl takes {@code text}, written without quotes, for just that text, and not for a number, a boolean, null or the sign of
     * something else. Whether its characters allow that it is written so is for whoever writes it to know.
     */
    public static boolean isText(String text) {
        return KubernetesScalar.isText(text);
    }
}
