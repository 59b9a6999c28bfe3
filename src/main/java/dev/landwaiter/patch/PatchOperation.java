package dev.landwaiter.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** One step of a JSON patch, of the three kinds that an admission webhook writes. */
public sealed interface PatchOperation {
    JsonPointer path();

    /**
     * Adds a member of an object or replaces it, or inserts an entry of a list before the one at that index, after all for {@code -}; the
     * object or list must be there.
     */
    record Add(JsonPointer path, JsonNode value) implements PatchOperation {}

    /** Replaces what is there. */
    record Replace(JsonPointer path, JsonNode value) implements PatchOperation {}

    /** Removes what is there. */
    record Remove(JsonPointer path) implements PatchOperation {}
}
