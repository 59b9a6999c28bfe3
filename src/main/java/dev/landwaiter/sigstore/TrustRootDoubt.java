package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import java.util.Optional;

/**
 * Why a signature may be refused for the trust root's sake: it names nobody who could vouch for it, or not for that time. The cause of its
 * {@link Failure}, so that people are not sent to sign again what is signed well.
 */
public final class TrustRootDoubt extends RuntimeException {
    private final String trustRoot;
    private final String what;

    TrustRootDoubt(TrustedRoot root, String what) {
        super(what, null, false, false);
        this.trustRoot = root.title();
        this.what = what;
    }

    /** The doubt that {@code failure} leaves; empty where it leaves none. */
    public static Optional<TrustRootDoubt> find(Failure failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof TrustRootDoubt doubt) {
                return Optional.of(doubt);
            }
        }
        return Optional.empty();
    }

    /** What people call the trust root: {@code TrustRoot "acme"}. */
    public String trustRoot() {
        return trustRoot;
    }

    /** What of it may be wrong; completes 'it …'. */
    public String what() {
        return what;
    }
}
