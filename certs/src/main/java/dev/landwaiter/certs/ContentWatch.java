package dev.landwaiter.certs;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Has what stands in files read again when it changed, for as long as the process lives. What cannot be used leaves in force what was taken
 * last, and {@link #problem()} says why.
 *
 * <p>The files are read at intervals and told apart by a digest of what they hold. So it finds a change on every file system, through
 * symlinks as through the swap of a mounted Secret's folder, and does not mind what else is written beside them. A change is taken once two
 * looks in a row found the same, so that files written one after the other count together; files that never rest are taken as they are.
 *
 * <p>Nothing that a reading throws ends the watch, but for an error after which the process cannot go on.
 */
public final class ContentWatch {
    /** Between two looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** After so many looks that each found something else, it is taken all the same. */
    private static final int RESTLESS = 10;

    /** What the files held at one moment. */
    public interface Reading {
        /** Differs where the content does. */
        String digest();

        /** Puts it in force. What it throws leaves the last one in force, and it is tried again. */
        void take();

        /** Called instead of {@link #take()} where the content that is in force stands there again, after another that could not be used. */
        default void isInForceAgain() {}
    }

    private final Logger log;
    private final String what;
    private final String kept;
    private final Supplier<? extends Reading> read;
    private final Function<RuntimeException, Optional<String>> words;
    private String taken;
    /** What the last look found where it is not in force. */
    private @Nullable String seen;

    private int changes;
    private volatile @Nullable String problem;

    /**
     * One that is yet to be started.
     *
     * @param log where a person is told what cannot be used, once for each reason
     * @param what is read, in the middle of a sentence: {@code certificate "/tls/tls.crt"}
     * @param kept what it means that it cannot be used: {@code The last good certificate stays in use.}
     * @param taken the digest of what is in force
     * @param read reads the files; what it throws is told as {@code words} says
     * @param words for people, of what was thrown; empty where nobody expected it, so that it is told as a bug, with its stack trace in the log
     */
    public ContentWatch(
            Logger log,
            String what,
            String kept,
            String taken,
            Supplier<? extends Reading> read,
            Function<RuntimeException, Optional<String>> words) {
        this.log = log;
        this.what = what;
        this.kept = kept;
        this.taken = taken;
        this.read = read;
        this.words = words;
    }

    /** Why what stands in the files now is not in force; empty where it is. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Looks at intervals of {@code every}, on a thread of its own, until the returned watch is closed. */
    public CertificateSource.Watch start(Duration every) {
        Thread thread = Thread.ofPlatform().name("read-again " + what).daemon().start(() -> run(every));
        return thread::interrupt;
    }

    private void run(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                look();
            }
        } catch (InterruptedException e) {
            log.debug("{} is no longer watched", what);
        }
    }

    /** Takes what the files hold, where the last look found the same. */
    public void look() {
        look(false);
    }

    /** Takes what the files hold now, though it may just have changed. */
    public void readNow() {
        look(true);
    }

    private synchronized void look(boolean atOnce) {
        Found found = find();
        if (found.digest().equals(taken)) {
            seen = null;
            changes = 0;
            if (problem != null) {
                guarded(found::isInForceAgain);
                if (problem == null) {
                    // whoever was told of the problem is to hear that it is over
                    log.info("The problem with {} is over: what stands there is in force", what);
                }
            }
            return;
        }
        boolean rests = found.digest().equals(seen);
        seen = found.digest();
        changes = rests ? 0 : changes + 1;
        if (atOnce || rests || changes >= RESTLESS) {
            changes = 0;
            guarded(() -> taken = found.take());
        }
    }

    /** What a look found: a reading, or why there is none, which counts as a content of its own. */
    private record Found(
            String digest,
            @Nullable Reading reading,
            @Nullable RuntimeException thrown) {
        /** Its digest once it is in force, which may not be the one from before. */
        String take() {
            if (reading == null) {
                throw thrown == null ? new IllegalStateException("there is a reading or a cause") : thrown;
            }
            reading.take();
            return reading.digest();
        }

        void isInForceAgain() {
            if (reading != null) {
                reading.isInForceAgain();
            }
        }
    }

    private Found find() {
        try {
            Reading reading = read.get();
            return new Found(reading.digest(), reading, null);
        } catch (RuntimeException e) {
            return new Found("cannot be read: " + e, null, e);
        } catch (StackOverflowError e) {
            return new Found("cannot be read: " + e, null, new IllegalStateException("it is nested too deeply", e));
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
            problem = null;
        } catch (RuntimeException e) {
            keepLast(e);
        } catch (StackOverflowError e) {
            keepLast(new IllegalStateException("it is nested too deeply", e));
        }
    }

    private void keepLast(RuntimeException thrown) {
        if (Thread.currentThread().isInterrupted()) {
            // the watch is being closed, which cuts a reading off
            return;
        }
        Optional<String> expected = words.apply(thrown);
        String reason = expected.orElseGet(
                () -> "Could not read %s: an internal error (%s). Please report it with the log's stack trace."
                        .formatted(what, thrown.getClass().getSimpleName()));
        if (!reason.equals(problem)) {
            if (expected.isPresent()) {
                log.error("{} {}", reason, kept);
            } else {
                log.error("{} {}", reason, kept, thrown);
            }
        }
        problem = reason;
    }
}
