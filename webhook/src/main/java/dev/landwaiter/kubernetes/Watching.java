package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/** An informer that never gives up until it is closed. */
final class Watching implements AutoCloseable {
    private final SharedIndexInformer<?> informer;
    private final String what;
    private final Logger log;
    private final AtomicReference<String> told = new AtomicReference<>("");
    private volatile boolean closed;

    private Watching(SharedIndexInformer<?> informer, String what, Logger log) {
        this.informer = informer;
        this.what = what;
        this.log = log;
    }

    /** Starts {@code informer} in the background; what stands in its way is logged once until it changes. */
    static Watching start(SharedIndexInformer<?> informer, String what, Logger log) {
        Watching watching = new Watching(informer, what, log);
        SharedIndexInformer<?> _ = informer.exceptionHandler(watching::goesOn);
        Object _ = informer.start();
        return watching;
    }

    private boolean goesOn(boolean started, Throwable thrown) {
        String why = String.valueOf(thrown.getMessage());
        if (!closed && !why.equals(told.getAndSet(why))) {
            log.warn("Could not {} {}: {}. Trying again until it works", started ? "watch" : "list", what, why);
        }
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        informer.stop();
    }
}
