package dev.landwaiter.admission;

import dev.landwaiter.catalog.Records;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.FatalError;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a review, has it decided, writes the answer, and tells the listeners. Our own failures deny: they never admit. */
public final class AdmissionService implements Admission {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionService.class);

    private final AdmissionPipeline pipeline;
    private final ReviewCodec codec;
    private final List<DecisionListener> listeners;
    private final LongSupplier nanoClock;

    /**
     * Answers by {@code pipeline}.
     *
     * @param nanoClock counts like {@link System#nanoTime}; decisions are timed by it
     */
    public AdmissionService(
            AdmissionPipeline pipeline, Limits limits, List<DecisionListener> listeners, LongSupplier nanoClock) {
        this.pipeline = pipeline;
        this.codec = new ReviewCodec(limits);
        this.listeners = List.copyOf(listeners);
        this.nanoClock = nanoClock;
    }

    @Override
    public byte[] review(byte[] body, Endpoint endpoint, Deadline deadline) {
        long start = nanoClock.getAsLong();
        AdmissionRequest request = codec.read(body);
        AdmissionPipeline.Decided decided;
        try {
            decided = pipeline.decide(request, endpoint, deadline);
        } catch (Failure e) {
            if (e.code() == Code.REVIEW_MALFORMED || e.code() == Code.LIMIT_EXCEEDED) {
                throw e;
            }
            decided = failed(request, e);
        } catch (RuntimeException e) {
            decided = failed(request, Failure.of(e));
        }
        return answer(request, endpoint, decided, start);
    }

    @Override
    public Optional<byte[]> reviewIfKnown(byte[] body, Endpoint endpoint) {
        long start = nanoClock.getAsLong();
        AdmissionRequest request = codec.read(body);
        try {
            return pipeline.decideIfKnown(request, endpoint).map(decided -> answer(request, endpoint, decided, start));
        } catch (RuntimeException e) {
            // whoever asks again with time to wait gets the failure, and tells of it
            return Optional.empty();
        }
    }

    private byte[] answer(AdmissionRequest request, Endpoint endpoint, AdmissionPipeline.Decided decided, long start) {
        byte[] answer = codec.write(request.summary().uid(), decided);
        DecisionEvent event = new DecisionEvent(
                request.summary(),
                endpoint,
                decided.decision(),
                decided.images(),
                Duration.ofNanos(nanoClock.getAsLong() - start));
        for (DecisionListener listener : listeners) {
            listener.decided(event);
        }
        return answer;
    }

    /** The denial that {@code failure} is; an error after which the process cannot be trusted is thrown on to whoever ends it. */
    private static AdmissionPipeline.Decided failed(AdmissionRequest request, Failure failure) {
        FatalError.find(failure).ifPresent(error -> {
            throw error;
        });
        if (failure.code() == Code.INTERNAL_ERROR) {
            LOG.error("could not decide on request {}", request.summary().uid(), failure);
        }
        Problem problem = new Problem("", failure.code(), failure.message());
        return new AdmissionPipeline.Decided(Decision.Denied.of(List.of(problem), List.of()), List.of(), Records.NONE);
    }
}
