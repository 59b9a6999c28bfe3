package dev.landwaiter.plan;

import dev.landwaiter.workload.ImageSlot;

/** One change of one object. */
public sealed interface Mutation {
    /** The slot's reference gets the digest that it was resolved to. */
    record Pin(ImageSlot slot, String reference) implements Mutation {}

    /** An annotation is set, whether or not it was there. */
    record Annotate(String key, String value) implements Mutation {}

    /** An annotation that only the webhook writes is taken away. */
    record Strip(String key) implements Mutation {}
}
