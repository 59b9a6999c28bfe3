package dev.landwaiter.limit;

import dev.landwaiter.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs blocking tasks side by side, each on a virtual thread, within a {@link Deadline}. However it ends, no task is left running that
 * heeds interruption.
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
        if (tasks.isEmpty()) {
            return List.of();
        }
        Semaphore room = new Semaphore(atOnce);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            ExecutorCompletionService<T> done = new ExecutorCompletionService<>(threads);
            List<Future<T>> started = new ArrayList<>(tasks.size());
            for (Callable<T> task : tasks) {
                started.add(done.submit(() -> within(room, task)));
            }
            for (int i = 0; i < started.size(); i++) {
                Future<T> next = done.poll(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw deadline.exceeded(what);
                }
                if (next.state() == Future.State.FAILED) {
                    throw Failure.of(next.exceptionNow());
                }
            }
            List<T> results = new ArrayList<>(started.size());
            for (Future<T> future : started) {
                results.add(future.get());
            }
            return List.copyOf(results);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.exceeded(what);
        } catch (ExecutionException e) {
            throw Failure.of(e.getCause() == null ? e : e.getCause());
        } finally {
            // interrupts what still runs and does not wait for it: the caller's time is up
            List<Runnable> neverStarted = threads.shutdownNow();
            assert neverStarted.isEmpty() : "each task has a thread of its own";
        }
    }

    private static <T> T within(Semaphore room, Callable<T> task) throws Exception {
        room.acquire();
        try {
            return task.call();
        } finally {
            room.release();
        }
    }
}
