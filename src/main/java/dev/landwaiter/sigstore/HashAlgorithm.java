package dev.landwaiter.sigstore;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A hash that a signature may be made with. */
public enum HashAlgorithm {
    SHA256,
    SHA384,
    SHA512;

    /** The one that policies and cosign call {@code text}: {@code sha512}; empty where there is none. */
    public static Optional<HashAlgorithm> find(String text) {
        return Arrays.stream(values()).filter(hash -> hash.text().equals(text)).findFirst();
    }

    /** All names, in order. */
    public static List<String> names() {
        return Arrays.stream(values()).map(HashAlgorithm::text).toList();
    }

    /** As policies and cosign call it: {@code sha512}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
