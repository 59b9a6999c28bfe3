package dev.landwaiter.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** One step of a JSON patch, of the three kinds that an admission webhook writes. */
public sealed interface PatchOperation {
    JsonPointer path();

    /** Adds a member or replaces it; its parent must be there. */
    record Add(JsonPointer path, JsonNode value) implements PatchOperation {}

    /** Replaces what is there. */
    record Replace(JsonPointer path, JsonNode value) implements PatchOperation {}

    /** Removes what is there. */
    record Remove(JsonPointer path) implements PatchOperation {}
}
