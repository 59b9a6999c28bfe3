package dev.landwaiter.admission;

import dev.landwaiter.catalog.Records;
import dev.landwaiter.check.Judgement;
import dev.landwaiter.check.Problem;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.FatalError;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.OwnThread;
import dev.landwaiter.limit.Shares;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.workload.WorkloadKinds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a review, has it decided, writes the answer, and tells the listeners, once for each review whatever becomes of it. Our own failures
 * deny: they never admit.
 */
public final class AdmissionService implements Admission {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionService.class);

    /** In characters; a longer answer is written where nobody else waits for it. */
    private static final int LONG = 64 << 10;

    private final AdmissionPipeline pipeline;
    private final Limits limits;
    private final ReviewCodec codec;
    private final Listeners listeners;
    private final LongSupplier nanoClock;
    private final Shares trees;

    /**
     * Answers by {@code pipeline}.
     *
     * @param nanoClock counts like {@link System#nanoTime}; decisions are timed by it
     */
    public AdmissionService(
            AdmissionPipeline pipeline, Limits limits, List<DecisionListener> listeners, LongSupplier nanoClock) {
        this(pipeline, WorkloadKinds.WITH_PODS, limits, listeners, nanoClock);
    }

    /** As above, of objects of {@code kinds}. */
    AdmissionService(
            AdmissionPipeline pipeline,
            WorkloadKinds kinds,
            Limits limits,
            List<DecisionListener> listeners,
            LongSupplier nanoClock) {
        this.pipeline = pipeline;
        this.limits = limits;
        this.codec = new ReviewCodec(limits, kinds);
        this.listeners = new Listeners(listeners);
        this.nanoClock = nanoClock;
        int atOnce = limits.count(Limit.LARGE_REVIEWS_AT_ONCE);
        this.trees =
                new Shares("large reviews that are being read", atOnce, atOnce, limits.count(Limit.REQUESTS_AT_ONCE));
    }

    /** A review at which somebody has looked. Holds nothing of its objects. */
    private sealed interface Look {
        record Answered(byte[] answer) implements Look {}

        /** Something has to be written before it is answered. */
        record Decided(AdmissionRequest.Summary request, AdmissionPipeline.Decided decided) implements Look {}

        /** Something has to be found out first. */
        record Waits(AdmissionRequest.Summary request, PendingDecision pending) implements Look {}
    }

    @Override
    public byte[] review(byte[] body, Endpoint endpoint, Deadline deadline) {
        long start = nanoClock.getAsLong();
        Look look;
        try {
            look = reading(body, deadline, () -> lookAt(body, endpoint, start));
        } catch (Failure e) {
            throw unread(e, endpoint, start);
        }
        return switch (look) {
            case Look.Answered(var answer) -> answer;
            case Look.Decided(var request, var decided) ->
                answer(request, endpoint, written(request, decided, deadline), start);
            case Look.Waits(var request, var pending) -> {
                AdmissionPipeline.Decided decided = decided(request, () -> {
                    pipeline.complete(pending, deadline);
                    // it was let go of meanwhile: a few large ones that wait as trees would fill the memory
                    return reading(
                            body, deadline, () -> pipeline.decide(codec.read(body, endpoint), endpoint, pending));
                });
                yield answer(request, endpoint, written(request, decided, deadline), start);
            }
        };
    }

    private Look lookAt(byte[] body, Endpoint endpoint, long start) {
        AdmissionRequest request = codec.read(body, endpoint);
        PendingDecision pending;
        try {
            pending = pipeline.inquire(request);
        } catch (RuntimeException | StackOverflowError e) {
            return new Look.Answered(answer(request.summary(), endpoint, failed(request.summary(), e), start));
        }
        if (!pending.complete()) {
            return new Look.Waits(request.summary(), pending);
        }
        AdmissionPipeline.Decided decided =
                decided(request.summary(), () -> pipeline.decide(request, endpoint, pending));
        if (!decided.effects().isEmpty()) {
            // by whoever holds no turn: others wait for this one to be read
            return new Look.Decided(request.summary(), decided);
        }
        return new Look.Answered(answer(request.summary(), endpoint, decided, start));
    }

    private AdmissionPipeline.Decided decided(
            AdmissionRequest.Summary request, Supplier<AdmissionPipeline.Decided> work) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError e) {
            return failed(request, e);
        }
    }

    /** {@code decided} once all that it needs is written, or the denial where that could not be. */
    private AdmissionPipeline.Decided written(
            AdmissionRequest.Summary request, AdmissionPipeline.Decided decided, Deadline deadline) {
        try {
            pipeline.write(request, decided, deadline);
            return decided;
        } catch (RuntimeException | StackOverflowError e) {
            return decided.deniedBy(problem(failure(request, e)));
        }
    }

    /**
     * What {@code work} makes of the tree of {@code body}. Large ones are few at a time, and on threads of their own: a virtual thread gives
     * its processor to nobody until it waits, and reading a large one would hold up everybody's look-ups.
     */
    private <T> T reading(byte[] body, Deadline deadline, Supplier<T> work) {
        if (body.length <= LARGE) {
            return work.get();
        }
        try (Shares.Permit _ = trees.acquire(deadline.onBehalfOf(tenant(body)), "the reading of a large review")) {
            return OwnThread.run("large-review", work);
        }
    }

    @Override
    public Optional<byte[]> reviewIfKnown(byte[] body, Endpoint endpoint) {
        long start = nanoClock.getAsLong();
        AdmissionRequest request;
        try {
            request = codec.read(body, endpoint);
        } catch (Failure e) {
            throw unread(e, endpoint, start);
        }
        Optional<AdmissionPipeline.Decided> decided;
        try {
            decided = pipeline.decideIfKnown(request, endpoint);
        } catch (RuntimeException e) {
            // whoever asks again with time to wait gets the failure, and tells of it
            return Optional.empty();
        }
        // what has to be written has to be waited for
        return decided.filter(known -> known.effects().isEmpty() && known.characters() <= LONG)
                .map(known -> answer(request.summary(), endpoint, known, start));
    }

    /** {@code failure}, of a review that there is no answering, once the listeners have heard of it. */
    private Failure unread(Failure failure, Endpoint endpoint, long start) {
        tell(AdmissionRequest.Summary.UNKNOWN, endpoint, denied(failure), start);
        return failure;
    }

    @Override
    public void refused(Failure why, Endpoint endpoint) {
        tell(AdmissionRequest.Summary.UNKNOWN, endpoint, denied(why), nanoClock.getAsLong());
    }

    @Override
    public String tenant(byte[] body) {
        return codec.namespace(body);
    }

    private byte[] answer(
            AdmissionRequest.Summary request, Endpoint endpoint, AdmissionPipeline.Decided decided, long start) {
        byte[] answer = codec.write(request.uid(), decided);
        tell(request, endpoint, decided, start);
        return answer;
    }

    private void tell(
            AdmissionRequest.Summary request, Endpoint endpoint, AdmissionPipeline.Decided decided, long start) {
        listeners.decided(new DecisionEvent(
                request,
                endpoint,
                decided.decision(),
                decided.images(),
                Duration.ofNanos(nanoClock.getAsLong() - start)));
    }

    /** What {@code thrown} is to whoever sent {@code request}: a denial, or a warning where nothing is denied. */
    private AdmissionPipeline.Decided failed(AdmissionRequest.Summary request, Throwable thrown) {
        Failure failure = failure(request, thrown);
        return request.advisory() ? warned(failure) : denied(failure);
    }

    /** {@code failure}, where nothing may be denied. */
    private AdmissionPipeline.Decided warned(Failure failure) {
        Problem problem = problem(failure);
        String warning =
                Judgement.Force.WARNS_OF_TEMPLATE.warning("%s: %s".formatted(problem.code(), problem.message()));
        return new AdmissionPipeline.Decided(
                new Decision.Allowed(JsonPatch.EMPTY, List.of(warning)), List.of(), Records.NONE, List.of());
    }

    /** The failure that {@code thrown} is; an error after which the process cannot be trusted is thrown on to whoever ends it. */
    private static Failure failure(AdmissionRequest.Summary request, Throwable thrown) {
        FatalError.find(thrown).ifPresent(error -> {
            throw error;
        });
        Failure failure = Failure.of(thrown);
        if (failure.code() == Code.INTERNAL_ERROR) {
            LOG.error("could not decide on request {}", request.uid(), failure);
        }
        return failure;
    }

    private AdmissionPipeline.Decided denied(Failure failure) {
        return new AdmissionPipeline.Decided(
                Decision.Denied.of(List.of(problem(failure)), 0, List.of()), List.of(), Records.NONE, List.of());
    }

    private Problem problem(Failure failure) {
        return new Problem(
                "", failure.code(), Shown.message(failure.message(), limits.count(Limit.MESSAGE_CHARACTERS)));
    }
}
