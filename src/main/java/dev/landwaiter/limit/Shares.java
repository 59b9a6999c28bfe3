package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Room for so much work at once, shared by tenants. Safe for use by many threads.
 *
 * <ul>
 *   <li>A tenant holds at most its share, and never more than it leaves free for others: however much one tenant wants, another finds room.
 *       The fuller it is, the smaller each share.
 *   <li>Who finds none may wait. Tenants that wait are served in turn, one piece of work of each; those of one tenant in the order in which
 *       they came.
 *   <li>How many wait is bounded, and shared by the same rule. Whoever may not wait, or waits in vain, is {@link Code#OVERLOADED}.
 * </ul>
 *
 * The tenant {@link Deadline#NOBODY} is one like others.
 */
public final class Shares {
    private final String room;
    private final int mostOfTenant;
    private final Map<String, Tenant> tenants = new HashMap<>();
    /** Tenants of whom somebody waits, in the order in which they are served. */
    private final SequencedSet<Tenant> turns = new LinkedHashSet<>();

    private int free;
    private int freeToWait;

    /**
     * @param room what it is, for messages: {@code requests to ghcr.io}
     * @param atOnce how much work is done at once
     * @param mostOfTenant how much of it is one tenant's at most
     * @param waiting how much may wait, of all tenants together
     */
    public Shares(String room, int atOnce, int mostOfTenant, int waiting) {
        if (atOnce < 1 || mostOfTenant < 1 || waiting < 0) {
            throw new IllegalArgumentException("no room for %s".formatted(room));
        }
        this.room = room;
        this.mostOfTenant = mostOfTenant;
        this.free = atOnce;
        this.freeToWait = waiting;
    }

    /** A place taken; whoever closes it leaves it to the next. Closing it again does nothing. */
    public final class Permit implements AutoCloseable {
        private final Tenant tenant;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Permit(Tenant tenant) {
            this.tenant = tenant;
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                release(tenant);
            }
        }
    }

    /** A place for {@code tenant} if there is one now and none of its own work waits for it; never waits. */
    public Optional<Permit> tryAcquire(String tenant) {
        synchronized (tenants) {
            Tenant asking = tenants.getOrDefault(tenant, new Tenant(tenant));
            return asking.waiting.isEmpty() && mayHoldMore(asking) ? Optional.of(take(asking)) : Optional.empty();
        }
    }

    /**
     * A place for {@code tenant} when its turn comes. Whoever no longer wants it cancels the future, and closes the permit where that came
     * too late. It completes on the thread that left the place, which must not be kept.
     *
     * @param what it is for, for messages: {@code manifest of ghcr.io/acme/api:1}
     * @return fails with a {@link Failure} that is {@code OVERLOADED} where no more may wait
     */
    public CompletableFuture<Permit> request(String tenant, String what) {
        Waiter waiter;
        synchronized (tenants) {
            Tenant asking = tenants.getOrDefault(tenant, new Tenant(tenant));
            if (asking.waiting.isEmpty() && mayHoldMore(asking)) {
                return CompletableFuture.completedFuture(take(asking));
            }
            if (asking.waiting.size() >= freeToWait) {
                return CompletableFuture.failedFuture(tooManyWait(asking, what));
            }
            waiter = new Waiter(asking);
            freeToWait--;
            asking.waiting.add(waiter);
            tenants.put(tenant, asking);
            turns.add(asking);
        }
        CompletableFuture<Permit> _ = waiter.permit.whenComplete((permit, given) -> {
            if (given != null) {
                leave(waiter);
            }
        });
        return waiter.permit;
    }

    /**
     * A place for the tenant of {@code deadline}; blocks until its turn comes.
     *
     * @param what it is for, for messages: {@code manifest of ghcr.io/acme/api:1}
     * @throws Failure {@code OVERLOADED} where no more may wait, or no turn came in time; {@code DEADLINE_EXCEEDED} where the time was over
     *     before, or the caller was interrupted
     */
    public Permit acquire(Deadline deadline, String what) {
        deadline.check(what);
        deadline.waitsForRoom();
        CompletableFuture<Permit> permit = request(deadline.tenant(), what);
        try {
            return permit.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            giveUp(permit);
            throw overloaded(what, "no turn for %s came in the time that this request had left".formatted(room));
        } catch (InterruptedException e) {
            giveUp(permit);
            Thread.currentThread().interrupt();
            throw deadline.exceeded(what);
        } catch (ExecutionException e) {
            throw Failure.of(e.getCause() == null ? e : e.getCause());
        } finally {
            deadline.goesOn();
        }
    }

    /** How many places are free. */
    public int free() {
        synchronized (tenants) {
            return free;
        }
    }

    /** How much work waits. */
    public int waiting() {
        synchronized (tenants) {
            return turns.stream().mapToInt(tenant -> tenant.waiting.size()).sum();
        }
    }

    /** Whether nobody holds a place or waits for one. */
    public boolean idle() {
        synchronized (tenants) {
            return tenants.isEmpty();
        }
    }

    private static void giveUp(CompletableFuture<Permit> permit) {
        if (!permit.cancel(false) && !permit.isCompletedExceptionally()) {
            permit.join().close();
        }
    }

    private boolean mayHoldMore(Tenant tenant) {
        return tenant.held < mostOfTenant && tenant.held < free;
    }

    private Permit take(Tenant tenant) {
        free--;
        tenant.held++;
        tenants.put(tenant.name, tenant);
        return new Permit(tenant);
    }

    private void release(Tenant tenant) {
        List<Grant> grants = new ArrayList<>();
        synchronized (tenants) {
            free++;
            tenant.held--;
            for (Optional<Tenant> next = next(); next.isPresent(); next = next()) {
                grants.add(grant(next.get()));
            }
            forget(tenant);
        }
        for (Grant grant : grants) {
            if (!grant.waiter.permit.complete(grant.permit)) {
                // its waiter left a moment ago
                grant.permit.close();
            }
        }
    }

    /** The first whose turn it is and who may hold more; who may not keeps its turn. */
    private Optional<Tenant> next() {
        return turns.stream().filter(this::mayHoldMore).findFirst();
    }

    private Grant grant(Tenant tenant) {
        Waiter waiter = tenant.waiting.removeFirst();
        freeToWait++;
        turns.remove(tenant);
        if (!tenant.waiting.isEmpty()) {
            turns.addLast(tenant);
        }
        return new Grant(waiter, take(tenant));
    }

    private void leave(Waiter waiter) {
        synchronized (tenants) {
            if (waiter.tenant.waiting.remove(waiter)) {
                freeToWait++;
                if (waiter.tenant.waiting.isEmpty()) {
                    turns.remove(waiter.tenant);
                }
                forget(waiter.tenant);
            }
        }
    }

    private void forget(Tenant tenant) {
        if (tenant.held == 0 && tenant.waiting.isEmpty()) {
            tenants.remove(tenant.name, tenant);
        }
    }

    private Failure tooManyWait(Tenant asking, String what) {
        boolean ofTheSame = !asking.waiting.isEmpty() && !asking.name.isEmpty();
        return overloaded(
                what,
                "too many others%s already wait for %s"
                        .formatted(ofTheSame ? " of namespace \"%s\"".formatted(asking.name) : "", room));
    }

    private static Failure overloaded(String what, String why) {
        return new Failure(Code.OVERLOADED, "Could not finish %s: %s. Try again later.".formatted(what, why));
    }

    /** Compared by identity. */
    private static final class Tenant {
        private final String name;
        private final SequencedSet<Waiter> waiting = new LinkedHashSet<>();
        private int held;

        Tenant(String name) {
            this.name = name;
        }
    }

    /** Compared by identity. */
    private static final class Waiter {
        private final Tenant tenant;
        private final CompletableFuture<Permit> permit = new CompletableFuture<>();

        Waiter(Tenant tenant) {
            this.tenant = tenant;
        }
    }

    private record Grant(Waiter waiter, Permit permit) {}
}
