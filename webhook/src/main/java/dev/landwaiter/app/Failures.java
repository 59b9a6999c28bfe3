package dev.landwaiter.app;

import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.Optional;

/** What a run that ended by something thrown failed by. */
public final class Failures {
    private Failures() {}

    /** The certificates' module knows no {@link Failure}: what it throws gets its code here. */
    public static Failure of(Throwable thrown) {
        return thrown instanceof CertificateInvalid invalid
                ? new Failure(Code.CERTIFICATE_INVALID, invalid.message(), invalid)
                : Failure.of(thrown);
    }

    /** What to tell of {@code thrown}; empty where nobody expected it, so that it is a mistake of ours. */
    static Optional<String> words(RuntimeException thrown) {
        Failure failure = of(thrown);
        return failure.code() == Code.INTERNAL_ERROR ? Optional.empty() : Optional.of(failure.message());
    }
}
