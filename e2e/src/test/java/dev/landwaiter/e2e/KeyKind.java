package dev.landwaiter.e2e;

import java.util.List;
import java.util.Locale;

/** Every kind of key that cosign makes or imports. */
enum KeyKind {
    ECDSA_P256("ECDSA P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
    ECDSA_P384("ECDSA P-384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
    ECDSA_P521("ECDSA P-521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521"),
    RSA_2048("RSA 2048", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
    RSA_4096("RSA 4096", "-algorithm RSA -pkeyopt rsa_keygen_bits:4096"),
    ED25519("Ed25519", "-algorithm ED25519");

    private final String title;
    private final String openssl;

    KeyKind(String title, String openssl) {
        this.title = title;
        this.openssl = openssl;
    }

    /** Whether cosign makes it itself; openssl makes the others for cosign to import. */
    boolean madeByCosign() {
        return this == ECDSA_P256;
    }

    /** {@code openssl genpkey}'s arguments for it. */
    List<String> openssl() {
        return List.of(openssl.split(" "));
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
