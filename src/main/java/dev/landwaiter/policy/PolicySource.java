package dev.landwaiter.policy;

/** The policies in force, as a port: whoever asks twice may see two sets, each complete and immutable. */
@FunctionalInterface
public interface PolicySource {
    PolicySet current();
}
