package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.List;

/** What one policy says of one image. 'Could not check' is never 'not signed'. */
public sealed interface Verdict {
    /** What a failure says of an image: that it could not be checked, or, where its owner can cause the failure, that it is refused. */
    static Verdict of(Failure failure) {
        return failure.code().unavailable()
                ? new Unavailable(failure.code(), failure.message())
                : new Rejected(failure.code(), failure.message());
    }

    /** It is as the policy demands. */
    record Verified(List<Evidence> evidence) implements Verdict {
        public Verified {
            evidence = List.copyOf(evidence);
        }
    }

    /** It is not. The message says why and what to do, without naming slot or policy. */
    record Rejected(Code code, String message) implements Verdict {}

    /** It could not be checked; {@code onUnavailable} decides. */
    record Unavailable(Code code, String message) implements Verdict {}
}
