package dev.landwaiter.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shares;
import dev.landwaiter.limit.Shares.Permit;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves names within a deadline. The JDK's resolver blocks in native code for as long as a name server is silent, where it cannot be
 * interrupted and would hold the carrier of a virtual thread; so it runs on a few platform threads, one for each name at a time, that end
 * when idle. They are shared by tenant: names whose servers never answer hold up whoever brought them, and nobody else.
 *
 * <p>Every call asks for the name anew (the JDK remembers for 30 seconds). The addresses of the last look-up that succeeded serve for a
 * while where the next one is slow, fails for a reason that may pass, or finds no room. A name that is said not to exist has none.
 */
final class NameLookup implements AutoCloseable {
    /** How many addresses of one name are kept. */
    private static final int KEPT_OF_NAME = 16;
    /** How long a look-up may take before last known addresses serve instead. */
    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** What the C libraries of Linux (glibc and musl) and macOS say where the name server answered that there is no such name, or none with an address. */
    private static final List<String> DEFINITE = List.of(
            "Name or service not known",
            "No address associated with hostname",
            "Name does not resolve",
            "Name has no usable address",
            "nodename nor servname provided, or not known");

    private final NameResolver resolver;
    private final Duration patience;
    private final Ticker ticker;
    private final Shares room;
    private final Cache<String, List<InetAddress>> lastKnown;
    private final ConcurrentMap<String, Lookup> underWay = new ConcurrentHashMap<>();
    private final ExecutorService threads;

    NameLookup(NameResolver resolver, Limits limits) {
        this(resolver, limits, PATIENCE, Ticker.systemTicker());
    }

    NameLookup(NameResolver resolver, Limits limits, Duration patience, Ticker ticker) {
        this.resolver = resolver;
        this.patience = patience;
        this.ticker = ticker;
        int atOnce = limits.count(Limit.LOOKUPS_AT_ONCE);
        this.room = new Shares(
                "look-ups of names",
                atOnce,
                limits.count(Limit.LOOKUPS_OF_NAMESPACE),
                limits.count(Limit.FETCHES_WAITING));
        this.lastKnown = Caffeine.newBuilder()
                .maximumWeight(limits.get(Limit.KNOWN_ADDRESSES))
                .weigher((String _, List<InetAddress> addresses) -> addresses.size())
                .expireAfterWrite(Duration.ofMillis(limits.get(Limit.KNOWN_ADDRESSES_MILLIS)))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
        this.threads = new ThreadPoolExecutor(
                0,
                atOnce,
                5,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name("landwaiter-dns-", 0).factory());
    }

    /** A look-up on its way. */
    private record Lookup(long started, CompletableFuture<List<InetAddress>> found) {}

    /** All addresses of {@code host}; {@code what} is asked for goes into messages. */
    List<InetAddress> find(String host, Deadline deadline, String what) {
        List<InetAddress> before = lastKnown.getIfPresent(host);
        return before == null ? awaited(host, deadline, what) : renewed(host, before, deadline, what);
    }

    private List<InetAddress> awaited(String host, Deadline deadline, String what) {
        Lookup lookup = underWay.get(host);
        if (lookup == null) {
            Permit permit = room.acquire(deadline, what);
            List<InetAddress> meanwhile = lastKnown.getIfPresent(host);
            if (meanwhile != null) {
                permit.close();
                return meanwhile;
            }
            lookup = start(host, permit, what);
        }
        try {
            return lookup.found.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw deadline.lackOfRoom(what).orElseGet(() -> tooSlow(host, what, e));
        } catch (ExecutionException e) {
            throw notKnown(host, what, cause(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.exceeded(what);
        }
    }

    private static Throwable cause(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    /** What the name means now, or {@code before} where that cannot be learnt soon. */
    private List<InetAddress> renewed(String host, List<InetAddress> before, Deadline deadline, String what) {
        Lookup lookup = underWay.get(host);
        if (lookup == null) {
            Optional<Permit> permit = room.tryAcquire(deadline.tenant());
            if (permit.isEmpty()) {
                return before;
            }
            lookup = start(host, permit.get(), what);
        }
        Duration took = Duration.ofNanos(ticker.read() - lookup.started);
        try {
            return lookup.found.get(
                    deadline.atMost(patience.minus(took)).remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return before;
        } catch (ExecutionException e) {
            if (isDefinite(cause(e))) {
                throw notKnown(host, what, cause(e));
            }
            return before;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.exceeded(what);
        }
    }

    /** The look-up of {@code host} that is under way, or a new one, which holds {@code permit} until the resolver returns. */
    private Lookup start(String host, Permit permit, String what) {
        Lookup mine = new Lookup(ticker.read(), new CompletableFuture<>());
        Lookup theirs = underWay.putIfAbsent(host, mine);
        if (theirs != null) {
            permit.close();
            return theirs;
        }
        try {
            threads.execute(() -> {
                try (permit) {
                    resolve(host, mine);
                }
            });
        } catch (RejectedExecutionException e) {
            underWay.remove(host, mine);
            permit.close();
            throw new Failure(
                    Code.OVERLOADED, "Could not fetch %s: look-ups of names have ended here.".formatted(what), e);
        }
        return mine;
    }

    private void resolve(String host, Lookup lookup) {
        try {
            List<InetAddress> addresses = List.of(resolver.resolve(host));
            lastKnown.put(host, addresses.stream().limit(KEPT_OF_NAME).toList());
            underWay.remove(host, lookup);
            lookup.found.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            if (isDefinite(e)) {
                lastKnown.invalidate(host);
            }
            underWay.remove(host, lookup);
            lookup.found.completeExceptionally(e);
        } catch (Error e) {
            underWay.remove(host, lookup);
            lookup.found.completeExceptionally(e);
            throw e;
        }
    }

    /** Whether it is an answer of the name server, and not a lack of one. The JDK tells the two apart by words alone. */
    static boolean isDefinite(Throwable thrown) {
        String message = thrown.getMessage() == null ? "" : thrown.getMessage();
        return thrown instanceof UnknownHostException && DEFINITE.stream().anyMatch(message::endsWith);
    }

    private static Failure tooSlow(String host, String what, Throwable cause) {
        return new Failure(
                Code.DEADLINE_EXCEEDED,
                "Could not fetch %s: looking up the name %s took longer than this request had left. Check the name server."
                        .formatted(what, host),
                cause);
    }

    private static Failure notKnown(String host, String what, Throwable cause) {
        // the JDK gives a reason but where it only repeats what it was told some seconds ago
        boolean mayPass = !isDefinite(cause)
                && Optional.ofNullable(cause.getMessage()).orElse("").startsWith(host + ": ");
        return new Failure(
                Code.REGISTRY_UNREACHABLE,
                mayPass
                        ? "Could not fetch %s: the name server could not say what the name %s means. Try again, and check the name server."
                                .formatted(what, host)
                        : "Could not fetch %s: the name %s is not known. Check its spelling, and the name server."
                                .formatted(what, host),
                cause);
    }

    /** How many wait for room. */
    int waiting() {
        return room.waiting();
    }

    /** How many addresses are remembered. */
    long known() {
        return lastKnown.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
