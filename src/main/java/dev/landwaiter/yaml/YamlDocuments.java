package dev.landwaiter.yaml;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documents of a text up to the first problem, and that problem, if there is one. */
public record YamlDocuments(
        List<YamlNode> documents, @Nullable YamlProblem firstProblem) {
    public YamlDocuments {
        documents = List.copyOf(documents);
    }

    /** Why no more was read; empty where all was. */
    public Optional<YamlProblem> problem() {
        return Optional.ofNullable(firstProblem);
    }
}
