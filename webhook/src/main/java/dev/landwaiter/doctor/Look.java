package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What became of one look at the cluster. */
sealed interface Look {
    /** It is there: an object, or a list of objects. */
    record Seen(JsonNode node) implements Look {}

    /** It is not there. */
    record Absent() implements Look {}

    /** It could not be looked at. */
    record Unseen(String why) implements Look {}

    /** The object, if it was seen. */
    default Optional<JsonNode> object() {
        return switch (this) {
            case Seen(JsonNode node) -> Optional.of(node);
            case Absent _ -> Optional.empty();
            case Unseen _ -> Optional.empty();
        };
    }

    /** The objects of the list; none where it was not seen. */
    default List<JsonNode> items() {
        List<JsonNode> items = new ArrayList<>();
        object().ifPresent(list -> list.path("items").forEach(items::add));
        return items;
    }

    /** Whether a look gave an answer, so that what is missing really is. */
    default boolean isKnown() {
        return !(this instanceof Unseen);
    }
}
