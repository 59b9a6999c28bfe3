package dev.landwaiter.controller;

import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.Rotation;
import dev.landwaiter.certs.RotationAction;
import dev.landwaiter.certs.RotationRules;
import dev.landwaiter.certs.Settled;
import dev.landwaiter.failure.FatalError;
import dev.landwaiter.kubernetes.CertificateEvents;
import dev.landwaiter.kubernetes.ClusterCertificates;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Rotation} says, as long as this process leads: it reads what stands in the cluster, changes one thing, and reads again.
 * Whoever leads anew goes on where another stopped, since all that counts stands in the cluster.
 */
public final class CertificateController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateController.class);
    private static final int CONFLICT = 409;
    /** After a failure. */
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** Longer than everything that is asked of the API server in one round may take. */
    private static final Duration STUCK = Duration.ofMinutes(3);
    /** However far away the next thing to do is: so often it is shown that this still runs. */
    private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(1);
    /** So many changes in a row are made for a good reason; more are a fight with somebody who changes them back. */
    private static final int MOST_IN_A_ROW = 12;

    private final RotationRules rules;
    private final ClusterCertificates cluster;
    private final CertificateEvents events;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final RotationCounts counts = new RotationCounts();
    private final Semaphore news = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("certificates").daemon().unstarted(this::run);

    private Settled settled = Settled.NOTHING;
    private int inARow;
    private volatile boolean closed;
    private volatile Instant round;
    private volatile @Nullable String problem;

    /**
     * One that does nothing before {@link #start}.
     *
     * @param leads whether this process may change anything now
     */
    public CertificateController(
            RotationRules rules,
            ClusterCertificates cluster,
            CertificateEvents events,
            BooleanSupplier leads,
            InstantSource clock) {
        this.rules = rules;
        this.cluster = cluster;
        this.events = events;
        this.leads = leads;
        this.clock = clock;
        this.round = clock.instant();
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Something may have changed. */
    public void news() {
        news.release();
    }

    /** What was done, and when what there is expires. */
    public RotationCounts counts() {
        return counts;
    }

    /** Why the last round did not end well, if it did not. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether it still does its rounds. */
    public boolean responsive() {
        return Duration.between(round, clock.instant()).compareTo(STUCK) < 0;
    }

    private void run() {
        while (!closed) {
            // before anything is read: what changes from now on is looked at once more
            int _ = news.drainPermits();
            Duration pause = guarded();
            try {
                if (news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.release();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Duration guarded() {
        round = clock.instant();
        try {
            Duration pause = leads.getAsBoolean() ? round() : rest();
            problem = null;
            return pause.compareTo(AT_LEAST_EVERY) < 0 ? pause : AT_LEAST_EVERY;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                LOG.info("Somebody else changed what was to be changed; looking again: {}", e.getMessage());
                return Duration.ofSeconds(1);
            }
            failed("the API server did not do it: " + e.getMessage());
        } catch (CertificateInvalid e) {
            failed(e.message());
        } catch (Throwable thrown) {
            LOG.error("Could not keep the certificates: an internal error", thrown);
            failed("an internal error (%s), which the log describes"
                    .formatted(thrown.getClass().getSimpleName()));
            FatalError.handOver(thrown);
        }
        return AGAIN;
    }

    private Duration rest() {
        settled = Settled.NOTHING;
        inARow = 0;
        return AT_LEAST_EVERY;
    }

    /** Does the next thing, if there is one; says after how long to look again. */
    private Duration round() {
        ClusterCertificates.Reading reading = cluster.read();
        Instant now = clock.instant();
        Rotation.Step step = Rotation.next(rules, reading.observed(), settled, now);
        settled = step.settled();
        counts.expire(step.authorityEnds(), step.certificateEnds());
        if (step.action().isEmpty()) {
            inARow = 0;
            return Duration.between(now, step.lookAgain());
        }
        RotationAction action = step.action().get();
        inARow++;
        if (inARow > MOST_IN_A_ROW) {
            // what is wrong is made right again, though not so often that it becomes a load
            carryOut(action, reading);
            throw new CertificateInvalid(
                    "somebody changes back what was changed; find out who in the API server's audit log, and have them leave caBundle and both Secrets alone");
        }
        carryOut(action, reading);
        return Duration.ZERO;
    }

    private void carryOut(RotationAction action, ClusterCertificates.Reading reading) {
        cluster.carryOut(action, reading);
        counts.count(action);
        boolean repaired =
                action.reason().endsWith("Repaired") || action.reason().endsWith("Lost");
        if (repaired) {
            LOG.warn("{}. {}", action.why(), what(action));
        } else {
            LOG.info("{}. {}", action.why(), what(action));
        }
        events.tell(repaired, action.reason(), action.why() + ". " + what(action));
    }

    private static String what(RotationAction action) {
        return switch (action) {
            case RotationAction.WriteAuthorities _ -> "The authorities' Secret was written";
            case RotationAction.WriteCertificate _ -> "A new certificate was issued";
            case RotationAction.Trust trust ->
                "Every caBundle was written, of %d %s"
                        .formatted(
                                trust.authorities().size(),
                                trust.authorities().size() == 1 ? "authority" : "authorities");
        };
    }

    private void failed(String why) {
        if (closed) {
            // what was under way is cut off when this process ends
            return;
        }
        if (!why.equals(problem)) {
            LOG.error("Could not keep the certificates: {}. Trying again until it works", why);
            events.tell(true, "RotationFailed", "Could not keep the certificates: " + why);
        }
        problem = why;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
