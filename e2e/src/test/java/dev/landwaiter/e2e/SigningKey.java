package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cosign key pair in two files.
 *
 * @param prefix of both: {@code .key} holds the private half, {@code .pub} the public one
 */
record SigningKey(Path prefix) {
    Path privateFile() {
        return Path.of(prefix + ".key");
    }

    /** PEM, as a policy has it. */
    String publicPem() {
        try {
            return Files.readString(Path.of(prefix + ".pub"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
