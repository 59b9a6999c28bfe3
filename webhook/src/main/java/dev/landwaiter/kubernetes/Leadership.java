package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of several processes acts: the one that holds a Lease, which it gives back when it ends. */
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration LASTS = Duration.ofSeconds(15);
    private static final Duration RENEW_WITHIN = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final LeaseLock lock;
    private final Runnable changed;
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("leadership").factory());
    private final Thread thread;
    private volatile boolean held;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<?> electing;

    /**
     * Starts to compete at once.
     *
     * @param identity of this process, which no other has
     * @param owner of the Lease, which goes with it
     * @param changed called when it is won or lost
     */
    public Leadership(
            ClusterConnection cluster,
            String namespace,
            String lease,
            String identity,
            Optional<OwnerReference> owner,
            Runnable changed) {
        this.client = cluster.client();
        this.changed = changed;
        this.lock = new ReleasableLock(
                new ObjectMetaBuilder()
                        .withNamespace(namespace)
                        .withName(lease)
                        .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                        .build(),
                identity);
        this.thread = Thread.ofVirtual().name("leadership").start(this::compete);
    }

    /**
     * fabric8 gives a Lease back by a merge patch without the holder, which leaves the holder as it was, for a second more. A holder without a name
     * is none.
     */
    private static final class ReleasableLock extends LeaseLock {
        ReleasableLock(ObjectMeta meta, String identity) {
            super(meta, identity);
        }

        @Override
        protected Lease toResource(LeaderElectionRecord held, ObjectMetaBuilder meta) {
            Lease lease = super.toResource(held, meta);
            if (lease.getSpec().getHolderIdentity() == null) {
                lease.getSpec().setHolderIdentity("");
            }
            return lease;
        }
    }

    /** Whether this process is the one. */
    public boolean held() {
        return held;
    }

    private void compete() {
        while (!closed) {
            // an elector serves for one term
            CompletableFuture<?> term = new LeaderElector(client, config(), executor).start();
            electing = term;
            try {
                Object _ = closed ? null : term.get();
                Thread.sleep(RETRY);
            } catch (ExecutionException e) {
                LOG.warn("Lost {} in an unusual way; competing again", lock.describe(), e.getCause());
            } catch (InterruptedException | CancellationException e) {
                return;
            }
        }
    }

    private LeaderElectionConfig config() {
        return new LeaderElectionConfig(
                lock,
                LASTS,
                RENEW_WITHIN,
                RETRY,
                new LeaderCallbacks(() -> set(true), () -> set(false), _ -> {}),
                true,
                lock.describe());
    }

    private void set(boolean now) {
        if (held != now) {
            held = now;
            LOG.info(now ? "Leads from now on, by {}" : "Leads no more, by {}", lock.describe());
            changed.run();
        }
    }

    /** Gives the Lease back, so that another process need not wait until it is over. */
    @Override
    public void close() {
        closed = true;
        CompletableFuture<?> term = electing;
        if (term != null) {
            boolean _ = term.cancel(true);
        }
        thread.interrupt();
        held = false;
        executor.close();
    }
}
