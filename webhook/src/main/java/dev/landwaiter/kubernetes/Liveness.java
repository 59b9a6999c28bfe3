package dev.landwaiter.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Since when a watch is open or not, and why it is not. What is down for a moment is not told: an API server
 * that starts anew closes all watches, and they are open again within seconds.
 */
final class Liveness {
    /** So long it may be down before anybody is told. */
    static final Duration GRACE = Duration.ofSeconds(10);
    /**
     * An open watch without a sign of life for so long is one that hangs: API servers send a bookmark about once a minute, and it is opened anew
     * every five to ten minutes.
     */
    static final Duration SILENCE = Duration.ofMinutes(15);

    private final InstantSource clock;
    private boolean up;
    private boolean everUp;
    private Instant since;
    private Instant sign;
    private String version = "";
    private String why = "it has not been opened yet";

    Liveness(InstantSource clock) {
        this.clock = clock;
        this.since = clock.instant();
        this.sign = since;
    }

    /**
     * Takes over how it is now.
     *
     * @param now whether it is up
     * @param newest what changes with each sign of life; null where there was none yet
     */
    synchronized void look(boolean now, @Nullable String newest) {
        if (now != up) {
            up = now;
            since = clock.instant();
            sign = now ? since : sign;
            why = now ? "" : "the connection was closed";
        }
        everUp |= now;
        if (newest != null && !newest.equals(version)) {
            version = newest;
            sign = clock.instant();
        }
    }

    /** Takes over why it is not up, or will soon be found not to be. */
    synchronized void failed(String reason) {
        why = reason;
    }

    /** Whether it is up. */
    synchronized boolean up() {
        return up;
    }

    /** Whether it was up once, so that there is something that stays in force. */
    synchronized boolean everUp() {
        return everUp;
    }

    /** How long ago the last sign of life was. */
    synchronized Duration silent() {
        return Duration.between(sign, clock.instant());
    }

    /** What stands in its way, or last did. */
    synchronized String why() {
        return why;
    }

    /** What is wrong, if it has been for longer than a moment. */
    synchronized Optional<Trouble> trouble() {
        Instant now = clock.instant();
        if (!up && Duration.between(since, now).compareTo(GRACE) >= 0) {
            return Optional.of(new Trouble(since, Duration.between(since, now), why, true));
        }
        return up && silent().compareTo(SILENCE) >= 0
                ? Optional.of(new Trouble(sign, silent(), "it is open, and the API server sends nothing", false))
                : Optional.empty();
    }

    /**
     * That something is not as it should be.
     *
     * @param down whether it is down, and not only silent
     */
    record Trouble(Instant since, Duration lasting, String why, boolean down) {
        /** {@code since 2026-11-28T10:00:00Z (12 min): connection refused}. */
        String text() {
            return "since %s (%s): %s".formatted(since.truncatedTo(ChronoUnit.SECONDS), span(), why);
        }

        private String span() {
            if (lasting.compareTo(Duration.ofMinutes(2)) < 0) {
                return lasting.toSeconds() + " s";
            }
            return lasting.compareTo(Duration.ofHours(3)) < 0 ? lasting.toMinutes() + " min" : lasting.toHours() + " h";
        }
    }
}
