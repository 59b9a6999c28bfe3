package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.patch.PatchOperation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What the API server makes of an answer's patch. */
public final class Patched {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Patched() {}

    /** {@code object} after {@code patch}, which is base64 as it stands in an answer. */
    public static JsonNode by(String patch, JsonNode object) throws IOException {
        List<PatchOperation> operations = new ArrayList<>();
        for (JsonNode one : MAPPER.readTree(Base64.getDecoder().decode(patch))) {
            JsonPointer path = new JsonPointer(one.path("path").asText());
            operations.add(
                    switch (one.path("op").asText()) {
                        case "add" -> new PatchOperation.Add(path, one.path("value"));
                        case "replace" -> new PatchOperation.Replace(path, one.path("value"));
                        default -> new PatchOperation.Remove(path);
                    });
        }
        return new JsonPatch(operations).applyTo(object);
    }
}
