package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import java.util.List;

/** What one policy says of one image. 'Could not check' is never 'not signed'. */
public sealed interface Verdict {
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
