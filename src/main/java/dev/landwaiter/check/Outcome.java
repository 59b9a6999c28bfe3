package dev.landwaiter.check;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How an image came through, from the least that a record can claim to the most. */
public enum Outcome {
    /** A policy did not accept it, and only its mode let it in. */
    REJECTED,
    /** A policy did not accept it, and only an exception let it in. */
    EXEMPTED,
    /** It could not be checked, and the policy admits that. */
    UNAVAILABLE,
    /** No policy is for it, and no registry told its digest. */
    UNRESOLVED,
    /** No policy is for it. */
    UNCHECKED,
    /** Static authorities alone pass it: nothing was verified. */
    STATIC,
    /** Every policy for it accepts it, at least one by a signature. */
    VERIFIED;

    /** As records and logs write it: {@code verified}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that is written {@code text}. */
    public static Optional<Outcome> find(String text) {
        return Arrays.stream(values())
                .filter(outcome -> outcome.text().equals(text))
                .findFirst();
    }
}
