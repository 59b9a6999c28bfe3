package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.FatalError;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what tenants' policies name again and again, by {@code get}. The namespaces take turns, so one that names many objects waits longer for
 * each of them, and no other namespace does. What was never read comes first. How many reads there are at once and in a second is bounded, so
 * the more there is to read, the later a change is seen; nothing is refused for lack of room.
 */
final class ObjectPoll implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectPoll.class);
    /** No object is read more often: what is seldom changed need not be seen at once. */
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final long every;
    private final long pace;
    private final Semaphore room;
    private final Turns unread = new Turns();
    private final Turns known = new Turns();
    /** All that are wanted: one that is just being read may not be any more. */
    private final Set<Task> wanted = Collections.newSetFromMap(new IdentityHashMap<>());

    private final StaleObjects stale;
    private final Thread thread = Thread.ofVirtual().name("named-objects").unstarted(this::run);
    /** When the next object may be read again, by {@link System#nanoTime}. */
    private long next = System.nanoTime();

    private volatile boolean closed;

    /** One object. */
    interface Task {
        /** Whose turn it is. */
        String namespace();

        /** Kind, namespace and name, for people. */
        String title();

        /**
         * Reads it now. Called by one thread at a time.
         *
         * @return why it could not be read, where what was read before stays in force
         */
        Optional<String> read();
    }

    ObjectPoll(Limits limits, InstantSource clock) {
        this(limits, clock, EVERY);
    }

    ObjectPoll(Limits limits, InstantSource clock, Duration every) {
        this.stale = new StaleObjects(clock, LOG);
        this.every = every.toNanos();
        this.pace = TimeUnit.SECONDS.toNanos(1) / Math.max(1, limits.get(Limit.NAMED_OBJECT_READS_PER_SECOND));
        this.room = new Semaphore(Math.max(1, limits.count(Limit.NAMED_OBJECT_READS_AT_ONCE)));
        thread.start();
    }

    /** One object, and when it is read next. */
    private record Turn(Task task, long due) {}

    /** Objects by namespace; namespaces and a namespace's objects in the order in which it is their turn. */
    private static final class Turns {
        private final Map<String, Deque<Turn>> namespaces = new LinkedHashMap<>();

        void add(Turn turn) {
            namespaces
                    .computeIfAbsent(turn.task().namespace(), _ -> new ArrayDeque<>())
                    .add(turn);
        }

        void remove(Task task) {
            Deque<Turn> all = namespaces.get(task.namespace());
            if (all != null) {
                boolean _ = all.removeIf(turn -> turn.task().equals(task));
                if (all.isEmpty()) {
                    Deque<Turn> _ = namespaces.remove(task.namespace());
                }
            }
        }

        /** The first namespace's first object that is due, which is taken out; the namespace goes to the end. */
        Optional<Task> take(long now) {
            Optional<String> turn = namespaces.entrySet().stream()
                    .filter(one -> due(one.getValue()) - now <= 0)
                    .map(Map.Entry::getKey)
                    .findFirst();
            return turn.map(namespace -> {
                Deque<Turn> all = Objects.requireNonNull(namespaces.remove(namespace));
                Turn first = all.remove();
                if (!all.isEmpty()) {
                    namespaces.put(namespace, all);
                }
                return first.task();
            });
        }

        private static long due(Deque<Turn> some) {
            return some.element().due();
        }

        /** How long nothing is due. */
        long idle(long now) {
            return namespaces.values().stream()
                    .mapToLong(all -> Math.max(0, due(all) - now))
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
    }

    /** Begins to read {@code task}, at once if there is room. */
    synchronized void add(Task task) {
        unread.add(new Turn(task, System.nanoTime()));
        boolean _ = wanted.add(task);
        notifyAll();
    }

    synchronized void remove(Task task) {
        boolean _ = wanted.remove(task);
        unread.remove(task);
        known.remove(task);
        stale.settled(task);
    }

    private void run() {
        try {
            for (Task task = take(); task != null; task = take()) {
                Task reading = task;
                Thread _ = Thread.ofVirtual().name("named-object").start(() -> read(reading));
            }
        } catch (InterruptedException e) {
            LOG.debug("Nothing is read any more: the program ends");
        }
    }

    /** The next object, once it is its turn and there is room; null at the end. */
    private @Nullable Task take() throws InterruptedException {
        room.acquire();
        synchronized (this) {
            while (!closed) {
                long now = System.nanoTime();
                Optional<Task> first = unread.take(now);
                if (first.isPresent()) {
                    return first.get();
                }
                Optional<Task> again = next - now <= 0 ? known.take(now) : Optional.empty();
                if (again.isPresent()) {
                    next = now + pace;
                    return again.get();
                }
                long wait = Math.max(Math.max(next - now, known.idle(now)), TimeUnit.MILLISECONDS.toNanos(1));
                TimeUnit.NANOSECONDS.timedWait(this, Math.min(wait, every));
            }
            return null;
        }
    }

    private void read(Task task) {
        try {
            Optional<String> why = task.read();
            told(task, why);
        } catch (Throwable thrown) {
            // whatever it was, it must neither take the room of others nor end the reading of this one
            if (!closed) {
                LOG.error("Could not read what a policy of namespace {} names; trying again", task.namespace(), thrown);
                told(task, Optional.of("a mistake in the webhook, which its log describes"));
            }
            FatalError.handOver(thrown);
        } finally {
            room.release();
            again(task);
        }
    }

    private synchronized void told(Task task, Optional<String> why) {
        if (wanted.contains(task) && why.isPresent()) {
            stale.failed(task, why.get());
        } else {
            stale.settled(task);
        }
    }

    /** How many objects there are to read. */
    synchronized int size() {
        return wanted.size();
    }

    /** Which of them could not be read again, since when and why, if it has been so for longer than a moment. */
    Optional<String> problem() {
        return stale.problem();
    }

    private synchronized void again(Task task) {
        if (wanted.contains(task)) {
            known.add(new Turn(task, System.nanoTime() + every));
            notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
    }
}
