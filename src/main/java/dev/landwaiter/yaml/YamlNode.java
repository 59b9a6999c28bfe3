package dev.landwaiter.yaml;

import java.util.List;

/**
 * A node of a document. Aliases and merge keys are resolved: what an anchor stands for is the same node in every place that names it, and
 * keeps the place where it was written. Immutable.
 */
public sealed interface YamlNode {
    /** Where it begins. */
    Mark mark();

    /** What it is, for messages: {@code a list}. */
    String kind();

    /**
     * Keys with their values.
     *
     * @param fields in the order in which they were written, no key twice
     */
    record Mapping(List<Field> fields, Mark mark) implements YamlNode {
        public Mapping {
            fields = List.copyOf(fields);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A key with its value. */
    record Field(Scalar key, YamlNode value) {}

    /** A list. */
    record Sequence(List<YamlNode> items, Mark mark) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A text, and all that says what it stands for. Which that is differs between readers, and so is not decided here.
     *
     * @param text without quotes and indentation, its escapes resolved
     */
    record Scalar(String text, Style style, Tag tag, Mark mark) implements YamlNode {
        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** How a scalar was written. */
    enum Style {
        PLAIN,
        SINGLE_QUOTED,
        DOUBLE_QUOTED,
        /** A block after {@code |}. */
        LITERAL,
        /** A block after {@code >}. */
        FOLDED
    }
}
