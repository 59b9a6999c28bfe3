package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves names within a deadline. The JDK's resolver blocks in native code, where it cannot be interrupted and would hold the carrier
 * of a virtual thread; so it runs on a few platform threads, one for each name at a time, that end when idle.
 */
final class NameLookup implements AutoCloseable {
    private static final int THREADS = 64;

    private final NameResolver resolver;
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0,
            THREADS,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("landwaiter-dns-", 0).factory());

    NameLookup(NameResolver resolver) {
        this.resolver = resolver;
    }

    /** All addresses of {@code host}; {@code what} is asked for goes into messages. */
    List<InetAddress> find(String host, Deadline deadline, String what) {
        CompletableFuture<List<InetAddress>> lookup = underWay.computeIfAbsent(host, this::start);
        try {
            return lookup.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Failure(
                    Code.DEADLINE_EXCEEDED,
                    "Could not fetch %s: looking up the name %s took longer than this request had left. Check the name server."
                            .formatted(what, host),
                    e);
        } catch (ExecutionException e) {
            underWay.remove(host, lookup);
            boolean tooMany = e.getCause() instanceof RejectedExecutionException;
            throw new Failure(
                    Code.REGISTRY_UNREACHABLE,
                    tooMany
                            ? "Could not fetch %s: %d other names are being looked up, and the name server does not answer. Check the name server."
                                    .formatted(what, THREADS)
                            : "Could not fetch %s: the name %s is not known. Check its spelling, and the name server."
                                    .formatted(what, host),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.exceeded(what);
        }
    }

    private CompletableFuture<List<InetAddress>> start(String host) {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    List<InetAddress> addresses = List.of(resolver.resolve(host));
                    underWay.remove(host, found);
                    found.complete(addresses);
                } catch (Exception e) {
                    underWay.remove(host, found);
                    found.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
        return found;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
