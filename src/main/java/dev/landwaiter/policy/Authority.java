package dev.landwaiter.policy;

/** One of those whose word a policy takes for an image. */
public sealed interface Authority {
    /** Unique within its policy; {@code authority-<n>} where the policy gives none. */
    String name();

    /**
     * Whoever holds the private key of a public one.
     *
     * @param pem the public key, SubjectPublicKeyInfo in PEM, checked to be readable
     */
    record Key(String name, String pem) implements Authority {}

    /** Passes everything, without asking any registry. */
    record StaticPass(String name) implements Authority {}

    /**
     * Passes nothing.
     *
     * @param message what to tell whoever is refused, {@code ""} for nothing
     */
    record StaticFail(String name, String message) implements Authority {}
}
