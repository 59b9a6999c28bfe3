package dev.landwaiter.e2e;

import java.util.List;
import java.util.Locale;

/** Who writes a signature, and in which form. */
enum Signature {
    COSIGN_3_BUNDLE("cosign 3, bundle", "cosign", ""),
    COSIGN_3_OLD_FORM(
            "cosign 3, old form", "cosign", "--use-signing-config=false --new-bundle-format=false --tlog-upload=false"),
    COSIGN_2_OLD_FORM("cosign 2, old form", "cosign2", "--tlog-upload=false");

    private final String title;
    private final String program;
    private final String flags;

    Signature(String title, String program, String flags) {
        this.title = title;
        this.program = program;
        this.flags = flags;
    }

    String program() {
        return program;
    }

    /** Whether it takes its services, here none, from a signing config. */
    boolean needsSigningConfig() {
        return flags.isEmpty();
    }

    List<String> flags() {
        return flags.isEmpty() ? List.of() : List.of(flags.split(" "));
    }

    /** As part of a repository's path. */
    String path() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return title;
    }
}
