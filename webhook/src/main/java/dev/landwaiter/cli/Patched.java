package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.patch.PatchOperation;
import java.util.ArrayList;
import java.util.List;

/** An object as an API server makes it of a webhook's answer. */
final class Patched {
    private Patched() {}

    static JsonNode apply(JsonNode object, JsonNode patch) {
        List<PatchOperation> operations = new ArrayList<>();
        for (JsonNode operation : patch) {
            JsonPointer path = new JsonPointer(operation.path("path").asText());
            operations.add(
                    switch (operation.path("op").asText()) {
                        case "add" -> new PatchOperation.Add(path, operation.path("value"));
                        case "replace" -> new PatchOperation.Replace(path, operation.path("value"));
                        default -> new PatchOperation.Remove(path);
                    });
        }
        return new JsonPatch(operations).applyTo(object);
    }
}
