package dev.landwaiter.limit;

import dev.landwaiter.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs blocking tasks side by side, each on a virtual thread, within a {@link Deadline}. They begin in their order, so that what matters most
 * can come first. However it ends, no task is left running that heeds interruption.
 */
public final class Parallel {
    private Parallel() {}

    /** As {@link #all(List, int, Deadline, String)}, all of them at once. */
    public static <T> List<T> all(List<? extends Callable<T>> tasks, Deadline deadline, String what) {
        return all(tasks, Integer.MAX_VALUE, deadline, what);
    }

    /**
     * The results of {@code tasks} in their order, once all have one. The first that fails ends the others: a task whose failure is an
     * answer among others returns it as one.
     *
     * @param atOnce how many may run at a time
     * @param what is done, for the message: {@code the search for signatures of ghcr.io/acme/api:1}
     * @throws Failure that of the first task that failed (an {@code INTERNAL_ERROR} where it threw anything else); {@code
     *     DEADLINE_EXCEEDED} where the time ran out or the caller was interrupted
     */
    public static <T> List<T> all(List<? extends Callable<T>> tasks, int atOnce, Deadline deadline, String what) {
        List<T> results = new ArrayList<>(tasks.size());
        for (Optional<T> result : each(tasks, atOnce, deadline)) {
            results.add(result.orElseThrow(() -> deadline.exceeded(what)));
        }
        return List.copyOf(results);
    }

    /**
     * The results of {@code tasks} in their order: of those that have one when the deadline passes or the caller is
     * interrupted; the others are empty. One that takes too long takes nothing away from the others.
     *
     * @param atOnce how many may run at a time
     * @throws Failure that of the first task that failed, an {@code INTERNAL_ERROR} where it threw anything else
     */
    public static <T> List<Optional<T>> each(List<? extends Callable<T>> tasks, int atOnce, Deadline deadline) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        Run<T> run = new Run<>(tasks);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int i = 0; i < Math.min(atOnce, tasks.size()); i++) {
                threads.execute(run);
            }
            run.await(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            run.stop();
            // interrupts what still runs and does not wait for it: the caller's time is up
            List<Runnable> neverStarted = threads.shutdownNow();
            assert neverStarted.isEmpty() : "each worker has a thread of its own";
        }
        return run.results();
    }

    /** Tasks that workers take in their order until there is none left. */
    private static final class Run<T> implements Runnable {
        private final List<Task<T>> tasks;
        private final AtomicInteger next = new AtomicInteger();
        private final BlockingQueue<Task<T>> done = new LinkedBlockingQueue<>();
        private volatile boolean stopped;

        Run(List<? extends Callable<T>> all) {
            this.tasks = new ArrayList<>(all.size());
            for (Callable<T> one : all) {
                tasks.add(new Task<>(one, done));
            }
        }

        @Override
        public void run() {
            while (!stopped) {
                int mine = next.getAndIncrement();
                if (mine >= tasks.size()) {
                    return;
                }
                tasks.get(mine).run();
            }
        }

        void stop() {
            stopped = true;
        }

        /** Waits until all are done, and throws what the first that failed threw. */
        void await(Deadline deadline) throws InterruptedException {
            for (int i = 0; i < tasks.size(); i++) {
                Task<T> one = done.poll(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
                if (one == null) {
                    return;
                }
                if (one.state() == FutureTask.State.FAILED) {
                    throw Failure.of(one.exceptionNow());
                }
            }
        }

        List<Optional<T>> results() {
            List<Optional<T>> results = new ArrayList<>(tasks.size());
            for (Task<T> one : tasks) {
                results.add(one.state() == FutureTask.State.SUCCESS ? Optional.of(one.resultNow()) : Optional.empty());
            }
            return results;
        }
    }

    private static final class Task<T> extends FutureTask<T> {
        private final BlockingQueue<Task<T>> toTell;

        Task(Callable<T> work, BlockingQueue<Task<T>> toTell) {
            super(work);
            this.toTell = toTell;
        }

        @Override
        protected void done() {
            toTell.add(this);
        }
    }
}
