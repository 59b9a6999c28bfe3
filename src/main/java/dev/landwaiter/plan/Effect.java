package dev.landwaiter.plan;

/**
 * Something beside the object itself that has to be written before the object may be admitted, for instance a ConfigMap that it mounts. A value
 * that says what to write and where; whoever writes it knows how. Written a second time it changes nothing.
 */
public interface Effect {
    /** What it is, in the middle of a sentence: {@code ConfigMap "shop/api-config-1234abcd"}. */
    String what();
}
