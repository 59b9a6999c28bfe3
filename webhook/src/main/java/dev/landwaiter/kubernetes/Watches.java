package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.FatalError;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that is watched of one cluster, by name, looked at once a second: whether it is open, and since when not. */
public final class Watches implements AutoCloseable {
    /** Of the namespaces. */
    public static final String NAMESPACES = "namespaces";
    /** Of the Secrets and ConfigMaps that cluster admins' policies and trust roots name, all of them together. */
    public static final String MATERIALS = "policy-materials";

    /** Of the Secrets with certificates of our own, and of the webhook configurations that say who trusts them. */
    public static final String CERTIFICATES = "certificates";

    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Contact contact;
    private final Map<String, Set<Watching>> watches = new ConcurrentHashMap<>();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("watches").factory());

    Watches(Contact contact) {
        this.contact = contact;
    }

    /** Begins to look. */
    void start() {
        var _ = looking.scheduleWithFixedDelay(this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The names of all watches, whether they are there or not. */
    public static List<String> names() {
        return Stream.concat(
                        Stream.of(PolicyKind.values()).map(PolicyKind::plural),
                        Stream.of(NAMESPACES, MATERIALS, CERTIFICATES))
                .toList();
    }

    void add(String name, Watching watching) {
        boolean _ = watches.computeIfAbsent(name, _ -> ConcurrentHashMap.newKeySet())
                .add(watching);
    }

    void remove(String name, Watching watching) {
        boolean _ = watches.getOrDefault(name, new LinkedHashSet<>()).remove(watching);
    }

    /** Takes over how all of them are now, and says in the log what changed. */
    void look() {
        guarded(contact::tell);
        watches.values().forEach(all -> all.forEach(one -> guarded(one::look)));
    }

    /** What {@code look} throws must not keep from looking at the others, nor be the last that was ever looked at. */
    private static void guarded(Runnable look) {
        try {
            look.run();
        } catch (Throwable thrown) {
            LOG.error("Could not find out how the watches are", thrown);
            FatalError.handOver(thrown);
        }
    }

    private Collection<Watching> of(String name) {
        return watches.getOrDefault(name, Set.of());
    }

    /** Whether all of that name are open; so they are where there are none. */
    public boolean connected(String name) {
        return of(name).stream().allMatch(one -> one.liveness().up());
    }

    /** How long ago the last sign of life of any of that name was: an event, a bookmark, that it was opened. */
    public Duration silent(String name) {
        return of(name).stream()
                .map(one -> one.liveness().silent())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** What is wrong with those of {@code names}, if anything has been for longer than a moment. */
    Optional<String> problem(Collection<String> names) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (String name : names) {
            of(name).stream()
                    // a single object that can't be read breaks the policies that name it, and they say so
                    .filter(one -> !name.equals(MATERIALS) || one.liveness().everUp())
                    .flatMap(one -> one.liveness().trouble().stream())
                    .findFirst()
                    .ifPresent(trouble -> problems.merge(
                            (trouble.down() ? "down " : "silent ") + trouble.text(),
                            name,
                            (one, more) -> one + ", " + more));
        }
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(
                        "; ",
                        problems.entrySet().stream()
                                .map(one -> "the watch of %s has been %s".formatted(one.getValue(), one.getKey()))
                                .toList()));
    }

    @Override
    public void close() {
        Object _ = looking.shutdownNow();
    }
}
