package dev.landwaiter.yaml;

import java.util.Arrays;
import java.util.Optional;

/** What the author of a scalar says that it is; YAML's own tags alone, since nobody else's mean the same to two readers. */
public enum Tag {
    /** Nothing is said: the text and its style decide. */
    NONE(""),
    STRING("str"),
    INTEGER("int"),
    FLOAT("float"),
    BOOLEAN("bool"),
    NULL("null");

    static final String YAML = "tag:yaml.org,2002:";

    private final String name;

    Tag(String name) {
        this.name = name;
    }

    /** The tag whose whole name is {@code uri}; empty where it is none of these. */
    static Optional<Tag> of(String uri) {
        return Arrays.stream(values())
                .filter(tag -> tag != NONE && uri.equals(YAML + tag.name))
                .findFirst();
    }
}
