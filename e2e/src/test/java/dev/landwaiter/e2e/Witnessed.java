package dev.landwaiter.e2e;

import java.util.List;
import java.util.Locale;

/** Who writes what is signed, in which form, and who of the private Sigstore witnesses it. */
enum Witnessed {
    COSIGN_3_REKOR_2(
            "cosign 3, bundle, Rekor v2 and timestamp",
            "cosign",
            "--signing-config $SIGNING_CONFIG --trusted-root $TRUST_ROOT"),
    COSIGN_3_REKOR_1(
            "cosign 3, bundle, Rekor v1",
            "cosign",
            "--signing-config $SIGNING_CONFIG_REKOR1 --trusted-root $TRUST_ROOT"),
    COSIGN_3_REKOR_1_TSA(
            "cosign 3, bundle, Rekor v1 and timestamp",
            "cosign",
            "--signing-config $SIGNING_CONFIG_REKOR1_TSA --trusted-root $TRUST_ROOT"),
    COSIGN_3_OLD_FORM("cosign 3, old form, Rekor v1", "cosign", Flags.SERVICES + Flags.COSIGN_3_OLD_FORM),
    COSIGN_3_OLD_FORM_TSA(
            "cosign 3, old form, Rekor v1 and timestamp",
            "cosign",
            Flags.SERVICES + Flags.COSIGN_3_OLD_FORM + Flags.TIMESTAMP),
    COSIGN_2_BUNDLE(
            "cosign 2, bundle, Rekor v1",
            "cosign2",
            Flags.SERVICES + " --new-bundle-format --trusted-root $TRUST_ROOT"),
    COSIGN_2_OLD_FORM("cosign 2, old form, Rekor v1", "cosign2", Flags.SERVICES),
    COSIGN_2_OLD_FORM_TSA("cosign 2, old form, Rekor v1 and timestamp", "cosign2", Flags.SERVICES + Flags.TIMESTAMP),
    COSIGN_2_TSA_ALONE(
            "cosign 2, old form, timestamp alone",
            "cosign2",
            Flags.SERVICES + Flags.TIMESTAMP + " --tlog-upload=false");

    private final String title;
    private final String program;
    private final String flags;

    Witnessed(String title, String program, String flags) {
        this.title = title;
        this.program = program;
        this.flags = flags;
    }

    String program() {
        return program;
    }

    /** With {@code $NAME} where {@code sigstore env} says {@code PRIVATE_SIGSTORE_NAME}. */
    List<String> flags() {
        return List.of(flags.split(" "));
    }

    boolean logged() {
        return this != COSIGN_2_TSA_ALONE;
    }

    boolean timestamped() {
        return flags.contains("$TSA") || flags.contains("REKOR1_TSA") || this == COSIGN_3_REKOR_2;
    }

    /** As part of a repository's path. */
    String path() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return title;
    }

    private static final class Flags {
        static final String SERVICES = "--fulcio-url $FULCIO --rekor-url $REKOR1 --oidc-issuer $ISSUER";
        static final String COSIGN_3_OLD_FORM = " --use-signing-config=false --new-bundle-format=false";
        static final String TIMESTAMP = " --timestamp-server-url $TSA";

        private Flags() {}
    }
}
