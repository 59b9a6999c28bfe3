package dev.landwaiter.certs;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A certificate, key or authority that cannot be used. The message says what could not be done, where, why and what to do next, and
 * never holds key material. Its stable code elsewhere is {@code CERTIFICATE_INVALID}.
 */
public final class CertificateInvalid extends RuntimeException {
    public CertificateInvalid(String message) {
        this(message, null);
    }

    public CertificateInvalid(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The message, which it always has. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** What to tell of {@code thrown}; empty where nobody expected it. */
    static Optional<String> words(RuntimeException thrown) {
        return thrown instanceof CertificateInvalid invalid ? Optional.of(invalid.message()) : Optional.empty();
    }
}
