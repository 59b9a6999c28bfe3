package dev.landwaiter.yaml;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;

/**
 * Reads the documents of a text, within limits of bytes, nesting and nodes that hold for what its aliases stand for, too. Duplicate keys,
 * tags of others than YAML itself and whatever two readers see two documents in are refused. Immutable and safe for use by many threads.
 */
public final class YamlReader {
    private final Limits limits;
    private final Limit bytes;

    /**
     * A reader of texts of at most {@code bytes}.
     *
     * @param limits also of {@link Limit#YAML_DEPTH} and {@link Limit#YAML_NODES}
     */
    public YamlReader(Limits limits, Limit bytes) {
        this.limits = limits;
        this.bytes = bytes;
    }

    /**
     * Reads {@code content} up to the first problem.
     *
     * @param what is read, for the message: {@code file "pod.yaml"}
     * @throws Failure {@code LIMIT_EXCEEDED}
     */
    public YamlDocuments read(byte[] content, String what) {
        if (content.length > limits.get(bytes)) {
            throw limits.exceeded(bytes, what);
        }
        List<YamlNode> documents = new ArrayList<>();
        try {
            collect(SourceText.of(content), what, documents);
            return new YamlDocuments(documents, null);
        } catch (YamlRefusal e) {
            return new YamlDocuments(documents, e.problem());
        }
    }

    private void collect(SourceText text, String what, List<YamlNode> documents) {
        NodeBudget budget = new NodeBudget(limits, bytes, what);
        ParserEvents events = new ParserEvents(text);
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                documents.add(new Composer(events, budget).document());
            }
        }
    }
}
