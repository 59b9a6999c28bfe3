package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/** An informer that never gives up until it is closed. */
final class Watching implements AutoCloseable {
    private final SharedIndexInformer<?> informer;
    private final String what;
    private final Logger log;
    private final AtomicReference<String> told = new AtomicReference<>("");
    private final AtomicReference<String> trouble = new AtomicReference<>("the API server has not answered yet");
    /** Done as soon as it has listed or has failed to for the first time. */
    private final CompletableFuture<Void> tried = new CompletableFuture<>();

    private volatile boolean closed;

    private Watching(SharedIndexInformer<?> informer, String what, Logger log) {
        this.informer = informer;
        this.what = what;
        this.log = log;
    }

    /** Starts {@code informer} in the background; what stands in its way is logged once until it changes. */
    static Watching start(SharedIndexInformer<?> informer, String what, Logger log) {
        return start(informer, what, log, () -> {});
    }

    /** As {@link #start}; {@code listed} is called once when all that there is has been listed. */
    static Watching start(SharedIndexInformer<?> informer, String what, Logger log, Runnable listed) {
        Watching watching = new Watching(informer, what, log);
        SharedIndexInformer<?> _ = informer.exceptionHandler(watching::goesOn);
        Object _ = informer.start().thenRun(() -> {
            boolean _ = watching.tried.complete(null);
            listed.run();
        });
        return watching;
    }

    private boolean goesOn(boolean started, Throwable thrown) {
        trouble.set(
                thrown instanceof KubernetesClientException e && e.getCode() > 0
                        ? "the API server answered %d%s"
                                .formatted(e.getCode(), e.getCode() == 403 ? ", the webhook lacks the right to" : "")
                        : "the API server does not answer");
        boolean _ = tried.complete(null);
        String why = String.valueOf(thrown.getMessage());
        if (!closed && !why.equals(told.getAndSet(why))) {
            log.warn("Could not {} {}: {}. Trying again until it works", started ? "watch" : "list", what, why);
        }
        return !closed;
    }

    /** Waits, but no longer than {@code most}, until it has listed or has failed to for the first time. */
    void await(Duration most) {
        try {
            Object _ = tried.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("{} took longer than {}", what, most, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What stands in its way, where it has not listed: completes 'could not read …: …'. */
    String trouble() {
        return trouble.get();
    }

    @Override
    public void close() {
        closed = true;
        informer.stop();
    }
}
