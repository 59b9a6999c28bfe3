package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/** An informer that never gives up until it is closed. */
final class Watching implements AutoCloseable {
    /** No exception has more causes that say anything. */
    private static final int MOST_CAUSES = 8;

    private final SharedIndexInformer<?> informer;
    private final Subject subject;
    private final Logger log;
    private final AtomicReference<String> told = new AtomicReference<>("");
    private final AtomicReference<String> trouble = new AtomicReference<>("the API server has not answered yet");
    private final Runnable news;
    private final Liveness liveness;
    /** What the log said last of a watch that was open before; {@code ""} where all is well. */
    private String toldDown = "";
    /** It has listed, or has failed to. */
    private volatile boolean answered;

    private volatile boolean closed;

    /**
     * What is watched.
     *
     * @param name of the watch, for readiness and metrics
     * @param what for messages: {@code Secret landwaiter/keys}
     * @param path of the API server's address, as it ends
     */
    record Subject(ClusterConnection cluster, String name, String what, String path) {}

    private Watching(SharedIndexInformer<?> informer, Subject subject, Logger log, Runnable news) {
        this.informer = informer;
        this.subject = subject;
        this.log = log;
        this.news = news;
        this.liveness = new Liveness(subject.cluster().clock());
    }

    /** Starts {@code informer} in the background; what stands in its way is logged once until it changes. */
    static Watching start(SharedIndexInformer<?> informer, Subject subject, Logger log) {
        return start(informer, subject, log, () -> {});
    }

    /** As {@link #start}; {@code answered} is called once when all that there is has been listed, and before that when listing fails first. */
    static Watching start(SharedIndexInformer<?> informer, Subject subject, Logger log, Runnable answered) {
        Watching watching = new Watching(informer, subject, log, answered);
        subject.cluster().watches().add(subject.name(), watching);
        SharedIndexInformer<?> _ = informer.exceptionHandler(watching::goesOn);
        Object _ = informer.start().thenRun(() -> {
            watching.answered = true;
            answered.run();
        });
        return watching;
    }

    private boolean goesOn(boolean started, Throwable thrown) {
        int status = status(thrown);
        trouble.set(Contact.whyUnread(status));
        liveness.failed(status > 0 ? Contact.why(status) : Contact.why(thrown));
        if (!answered) {
            answered = true;
            news.run();
        }
        String message = String.valueOf(thrown.getMessage());
        if (!closed && !liveness.everUp() && !message.equals(told.getAndSet(message))) {
            log.warn(
                    "Could not {} {}: {}. Trying again until it works",
                    started ? "watch" : "list",
                    subject.what(),
                    message);
        }
        return !closed;
    }

    /** What the API server answered; 0 where it did not. An informer's failure to list is wrapped in another one. */
    private static int status(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
            if (cause instanceof KubernetesClientException e && e.getCode() > 0) {
                return e.getCode();
            }
            cause = cause.getCause();
        }
        return 0;
    }

    /** Finds out how the watch is, and says in the log what changed. */
    synchronized void look() {
        if (closed) {
            return;
        }
        boolean open = open();
        liveness.look(open, informer.lastSyncResourceVersion());
        if (!open) {
            subject.cluster().contact().failure(subject.path()).ifPresent(liveness::failed);
        }
        Optional<Liveness.Trouble> now = liveness.trouble().filter(_ -> liveness.everUp());
        String why = now.map(Liveness.Trouble::why).orElse("");
        if (!why.equals(toldDown)) {
            toldDown = why;
            now.ifPresentOrElse(
                    down -> log.warn(
                            "The watch of {} has been {} {}. What was read last stays in force; trying again until it works",
                            subject.what(),
                            down.down() ? "down" : "silent",
                            down.text()),
                    () -> log.info("The watch of {} is open again", subject.what()));
        }
    }

    private boolean open() {
        try {
            return informer.isWatching();
        } catch (NullPointerException e) {
            // fabric8's answer where it is just being stopped
            log.debug("The watch of {} is being closed", subject.what(), e);
            return false;
        }
    }

    Liveness liveness() {
        return liveness;
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
        subject.cluster().watches().remove(subject.name(), this);
        informer.stop();
    }
}
