package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/** An informer that never gives up until it is closed. */
final class Watching implements AutoCloseable {
    private final SharedIndexInformer<?> informer;
    private final String what;
    private final Logger log;
    private final AtomicReference<String> told = new AtomicReference<>("");
    private final AtomicReference<String> trouble = new AtomicReference<>("the API server has not answered yet");
    private final Runnable news;
    /** It has listed, or has failed to. */
    private volatile boolean answered;

    private volatile boolean closed;

    private Watching(SharedIndexInformer<?> informer, String what, Logger log, Runnable news) {
        this.informer = informer;
        this.what = what;
        this.log = log;
        this.news = news;
    }

    /** Starts {@code informer} in the background; what stands in its way is logged once until it changes. */
    static Watching start(SharedIndexInformer<?> informer, String what, Logger log) {
        return start(informer, what, log, () -> {});
    }

    /** As {@link #start}; {@code answered} is called once when all that there is has been listed, and before that when listing fails first. */
    static Watching start(SharedIndexInformer<?> informer, String what, Logger log, Runnable answered) {
        Watching watching = new Watching(informer, what, log, answered);
        SharedIndexInformer<?> _ = informer.exceptionHandler(watching::goesOn);
        Object _ = informer.start().thenRun(() -> {
            watching.answered = true;
            answered.run();
        });
        return watching;
    }

    private boolean goesOn(boolean started, Throwable thrown) {
        trouble.set(
                thrown instanceof KubernetesClientException e && e.getCode() > 0
                        ? "the API server answered %d%s"
                                .formatted(e.getCode(), e.getCode() == 403 ? ", the webhook lacks the right to" : "")
                        : "the API server does not answer");
        if (!answered) {
            answered = true;
            news.run();
        }
        String why = String.valueOf(thrown.getMessage());
        if (!closed && !why.equals(told.getAndSet(why))) {
            log.warn("Could not {} {}: {}. Trying again until it works", started ? "watch" : "list", what, why);
        }
        return !closed;
    }

    /** Whether it has listed, or has failed to at least once: until then nobody knows what there is. */
    boolean answered() {
        return answered;
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
