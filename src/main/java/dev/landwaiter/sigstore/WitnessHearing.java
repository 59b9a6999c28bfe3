package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hears the witnesses that came with a signature. A log or timestamp authority that none of the demands' trust roots knows says nothing; one
 * that is known must be right in all that it says, for what is wrong in one place was tampered with.
 */
final class WitnessHearing {
    private final Demands demands;
    private final InstantSource clock;
    private final Limits limits;
    private final List<TrustedRoot> roots;

    WitnessHearing(Demands demands, InstantSource clock, Limits limits) {
        this.demands = demands;
        this.limits = limits;
        this.clock = clock;
        this.roots = Stream.of(demands.log(), demands.timestamps(), demands.certificates())
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /** @throws Failure where a witness is wrong, or one that the demands ask for is missing */
    Testimony hear(Signed signed, Bundle.Witnesses witnesses) {
        List<Instant> stamped = timestamps(signed, witnesses.timestamps());
        List<LogWitness> logged = new ArrayList<>();
        for (ClaimedEntry entry : witnesses.entries()) {
            entry(entry, signed, witnesses.demand(), stamped).ifPresent(logged::add);
        }
        logged.sort(Comparator.comparing((LogWitness witness) -> !demanded(witness)));
        if (demands.log().isPresent() && (logged.isEmpty() || !demanded(logged.getFirst()))) {
            Doubts doubts = new Doubts(demands.log().get());
            boolean none = witnesses.entries().isEmpty();
            throw Refusal.of(
                    none
                            ? "has no transparency log entry"
                            : "has no entry of a transparency log that the trust root names",
                    Witness.LOG,
                    none ? doubts.noLog() : doubts.log());
        }
        return new Testimony(logged, stamped);
    }

    private boolean demanded(LogWitness witness) {
        return demands.log().stream()
                .flatMap(root -> root.logs(witness.log().id()))
                .anyMatch(witness.log()::equals);
    }

    /** Empty where the log is not known. */
    private Optional<LogWitness> entry(
            ClaimedEntry entry, Signed signed, Bundle.EntryDemand demand, List<Instant> stamped) {
        List<Log> logs = roots.stream()
                .flatMap(root -> root.logs(entry.logId()))
                .distinct()
                .toList();
        if (logs.isEmpty()) {
            return Optional.empty();
        }
        new LogBody(signed, limits).check(entry);
        return Optional.of(first(logs, log -> {
            LogWitness witness = LogWitness.of(entry, log, demand);
            checkCounts(witness, stamped);
            return witness;
        }));
    }

    /** A log that promised says since when; of one that did not, the other witnesses know the time, or it must count today. */
    private void checkCounts(LogWitness witness, List<Instant> stamped) {
        List<Instant> times = witness.time().map(List::of).orElse(stamped);
        for (Instant time : times.isEmpty() ? List.of(clock.instant()) : times) {
            if (!witness.log().validity().contains(time)) {
                throw Refusal.of(
                        "has an entry of %s in the log %s, which counts from %s"
                                .formatted(
                                        time,
                                        witness.log().name(),
                                        witness.log().validity()),
                        doubts(root -> root.logs().contains(witness.log())).validity(witness.log()));
            }
        }
    }

    private List<Instant> timestamps(Signed signed, List<byte[]> timestamps) {
        List<Instant> stamped = new ArrayList<>();
        boolean demanded = false;
        for (byte[] der : timestamps) {
            Optional<Stamp> stamp = timestamp(der, signed);
            stamp.map(Stamp::time).ifPresent(stamped::add);
            demanded |= stamp.filter(this::demanded).isPresent();
        }
        if (demands.timestamps().isPresent() && !demanded) {
            Doubts doubts = new Doubts(demands.timestamps().get());
            throw Refusal.of(
                    timestamps.isEmpty()
                            ? "has no timestamp"
                            : "has no timestamp by a timestamp authority that the trust root names",
                    Witness.TIMESTAMP,
                    timestamps.isEmpty() ? doubts.noTimestampAuthority() : doubts.timestampAuthority());
        }
        return stamped;
    }

    private record Stamp(TimestampAuthority authority, Instant time) {}

    private boolean demanded(Stamp stamp) {
        return demands.timestamps().stream()
                .anyMatch(root -> root.timestampAuthorities().contains(stamp.authority()));
    }

    /** Empty where the timestamp authority is not known. */
    private Optional<Stamp> timestamp(byte[] der, Signed signed) {
        List<TimestampAuthority> authorities = roots.stream()
                .flatMap(root -> root.timestampAuthorities().stream())
                .distinct()
                .toList();
        if (authorities.isEmpty()) {
            return Optional.empty();
        }
        Timestamp timestamp = Timestamp.parse(der);
        List<TimestampAuthority> named = authorities.stream()
                .filter(authority -> timestamp.signer(authority).isPresent())
                .toList();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(first(named, authority -> {
            X509Certificate signer = timestamp.signer(authority).orElseThrow();
            Doubts doubts = doubts(root -> root.timestampAuthorities().contains(authority));
            return new Stamp(authority, timestamp.check(authority, signer, signed.signature(), doubts));
        }));
    }

    /** About the trust root that a witness is of. */
    private Doubts doubts(Predicate<TrustedRoot> of) {
        return new Doubts(roots.stream().filter(of).findFirst().orElseThrow());
    }

    /** The result for the first candidate that holds, for one key may count for more than one time; why not, where none does. */
    private static <T, R> R first(List<T> candidates, Check<T, R> check) {
        @Nullable Failure why = null;
        for (T candidate : candidates) {
            try {
                return check.of(candidate);
            } catch (Failure e) {
                why = why == null ? e : why;
            }
        }
        throw why == null ? Refusal.of("has no witness") : why;
    }

    @FunctionalInterface
    private interface Check<T, R> {
        R of(T candidate);
    }
}
