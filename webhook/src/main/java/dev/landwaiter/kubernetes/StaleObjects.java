package dev.landwaiter.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Which of the objects that are polled could not be read again, since when and why: what was read of them last stays in force. Nobody is told
 * of the first seconds, as with watches. Safe for use by many threads.
 */
final class StaleObjects {
    private final InstantSource clock;
    private final Logger log;
    /** What has been stale longest comes first. */
    private final SequencedMap<ObjectPoll.Task, Stale> stale = new LinkedHashMap<>();
    /** The log has said that there are such. */
    private boolean told;

    private record Stale(Instant since, String why) {}

    StaleObjects(InstantSource clock, Logger log) {
        this.clock = clock;
        this.log = log;
    }

    /** {@code task} could not be read again, as {@code why} says. */
    synchronized void failed(ObjectPoll.Task task, String why) {
        Stale before = stale.get(task);
        // put again, it keeps its place
        Stale _ = stale.put(task, new Stale(before == null ? clock.instant() : before.since(), why));
        tell();
    }

    /** {@code task} was read, or is not wanted any more. */
    synchronized void settled(ObjectPoll.Task task) {
        if (stale.remove(task) != null) {
            tell();
        }
    }

    /** That there are such, if one has been for longer than a moment. It names none: whoever reaches the port may read it, and tenants chose the names. */
    synchronized Optional<String> problem() {
        return problem(_ -> "");
    }

    private Optional<String> problem(Function<ObjectPoll.Task, String> name) {
        Map.Entry<ObjectPoll.Task, Stale> first = stale.firstEntry();
        if (first == null) {
            return Optional.empty();
        }
        Stale longest = first.getValue();
        Duration lasting = Duration.between(longest.since(), clock.instant());
        if (lasting.compareTo(Liveness.GRACE) < 0) {
            return Optional.empty();
        }
        return Optional.of(
                "%d of the Secrets and ConfigMaps that ImagePolicies name could not be read again, the first of them%s %s"
                        .formatted(
                                stale.size(),
                                name.apply(first.getKey()),
                                new Liveness.Trouble(longest.since(), lasting, longest.why(), true).text()));
    }

    private void tell() {
        Optional<String> problem = problem(first -> ", " + first.title() + ",");
        if (problem.isPresent() == told) {
            return;
        }
        told = problem.isPresent();
        problem.ifPresentOrElse(
                why -> log.warn("{}. What was read last stays in force; trying again until it works", why),
                () -> log.info("All Secrets and ConfigMaps that ImagePolicies name are read again"));
    }
}
