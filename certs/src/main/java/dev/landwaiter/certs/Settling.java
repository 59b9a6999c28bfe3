package dev.landwaiter.certs;

import java.time.Duration;

/** How long a change of whom the API server trusts has to stand before anybody relies on it: every API server learns of it by a watch of its own. */
final class Settling {
    /** Watches deliver within a second; so long bears a slow one. */
    private static final Duration MOST = Duration.ofSeconds(30);

    /** Of a certificate's lifetime, so that even a short one is taken up in time. */
    private static final int SHARE = 20;

    private Settling() {}

    /** For certificates that last {@code lifetime}. */
    static Duration of(Duration lifetime) {
        Duration share = lifetime.dividedBy(SHARE);
        return share.compareTo(MOST) < 0 ? share : MOST;
    }
}
