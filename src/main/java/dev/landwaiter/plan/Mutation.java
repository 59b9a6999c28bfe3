package dev.landwaiter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.workload.ImageSlot;

/**
 * One change of one object. Each is of the object as those before it leave it; one that finds the object as it should be changes nothing.
 */
public sealed interface Mutation {
    /** The slot's reference gets the digest that it was resolved to. */
    record Pin(ImageSlot slot, String reference) implements Mutation {}

    /** An annotation is set, whether or not it was there. */
    record Annotate(String key, String value) implements Mutation {}

    /** An annotation that only the webhook writes is taken away. */
    record Strip(String key) implements Mutation {}

    /** A field is set, whether or not it was there; the objects that it is in are made where they are missing. */
    record Set(JsonPointer field, JsonNode value) implements Mutation {}

    /**
     * An entry comes into a list, before the one that is at {@code index}, unless the list has an equal one; the list, and the objects that it
     * is in, are made where they are missing.
     *
     * @param index where the list is shorter, the entry comes last
     */
    record Insert(JsonPointer list, int index, JsonNode entry) implements Mutation {}

    /** As {@link Insert}, after all that the list has. */
    record Append(JsonPointer list, JsonNode entry) implements Mutation {}
}
