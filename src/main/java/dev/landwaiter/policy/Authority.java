package dev.landwaiter.policy;

import java.util.List;

/** One of those whose word a policy takes for an image. */
public sealed interface Authority {
    /** Unique within its policy; {@code authority-<n>} where the policy gives none. */
    String name();

    /** One whose word is a signature. */
    sealed interface Signing extends Authority {
        Terms terms();
    }

    /**
     * Whoever holds the private key of a public one.
     *
     * @param keys any of them will do, so that one can take another's place
     */
    record Key(String name, List<VerificationKey> keys, Terms terms) implements Signing {
        public Key {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Whoever has one of these identities, by the word of the certificate authorities in the terms' trust root.
     *
     * @param identities any of them will do; at least one
     */
    record Keyless(String name, List<Identity> identities, Terms terms) implements Signing {
        public Keyless {
            identities = List.copyOf(identities);
        }
    }

    /** Passes everything, without asking any registry. */
    record StaticPass(String name) implements Authority {}

    /**
     * Passes nothing.
     *
     * @param message what to tell whoever is refused, {@code ""} for nothing
     */
    record StaticFail(String name, String message) implements Authority {}
}
