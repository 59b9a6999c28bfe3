package dev.landwaiter.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.PolicyFiles;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A node of an object that is imported, its path, and where to tell of it. */
record ImportedNode(PolicyFiles.Entry entry, JsonNode node, String path, List<Note> notes) {
    static ImportedNode of(PolicyFiles.Entry entry, List<Note> notes) {
        return new ImportedNode(entry, entry.object(), "", notes);
    }

    ImportedNode at(String field) {
        return new ImportedNode(entry, node.path(field), path.isEmpty() ? field : path + "." + field, notes);
    }

    ImportedNode at(int index) {
        return new ImportedNode(entry, node.path(index), path + "[" + index + "]", notes);
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    /** Its own text, {@code ""} where it is none. */
    String text() {
        return node.asText("");
    }

    String text(String field) {
        return node.path(field).asText("");
    }

    String title() {
        return title(entry);
    }

    static String title(PolicyFiles.Entry entry) {
        return "%s \"%s\""
                .formatted(
                        entry.object().path("kind").asText("object"),
                        entry.object().path("metadata").path("name").asText(""));
    }

    void note(Effect effect, String message) {
        notes.add(new Note(entry.file().toString(), entry.document(), title(), path, effect, message));
    }

    /** Whether it has a field that is none of {@code known}: it might have made the object stricter, so it is told with {@code effect}. */
    boolean hasUnknown(Set<String> known, Effect effect, String consequence) {
        boolean found = false;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                at(field.getKey()).note(effect, "This field is not known here. " + consequence);
                found = true;
            }
        }
        return found;
    }
}
