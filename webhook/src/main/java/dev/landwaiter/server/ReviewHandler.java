package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Fault;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads reviews, has them decided, answers. Everything here runs on one event loop but the decisions that have to wait, which get a virtual
 * thread each.
 */
final class ReviewHandler implements Handler<HttpServerRequest> {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final ThreadFactory DECIDERS =
            Thread.ofVirtual().name("admission").factory();
    /** A review of more bytes is parsed elsewhere, so that it holds up nobody else's. */
    private static final int LARGE = 64 << 10;
    /** How long what a refused client still sends is thrown away, so that it reads the answer instead of a reset. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final Context context;
    private final ServerOptions options;
    private final Admission admission;
    private final Connections connections;
    private final ServerMeters meters;
    private final long reviewBytes;
    private final long reviewBytesAtOnce;
    private final int requestsAtOnce;
    private final Set<Exchange> exchanges = new HashSet<>();
    private @Nullable String lastQuery;
    private Duration lastTimeout = ReviewTimeout.DEFAULT;
    private boolean draining;

    ReviewHandler(
            Context context, ServerOptions options, Admission admission, Connections connections, ServerMeters meters) {
        this.context = context;
        this.options = options;
        this.admission = admission;
        this.connections = connections;
        this.meters = meters;
        this.reviewBytes = options.limits().get(Limit.REVIEW_BYTES);
        this.reviewBytesAtOnce = options.limits().get(Limit.REVIEW_BYTES_AT_ONCE);
        this.requestsAtOnce = options.limits().count(Limit.REQUESTS_AT_ONCE);
    }

    @Override
    public void handle(HttpServerRequest request) {
        long now = System.nanoTime();
        Duration timeout = timeout(request.query());
        Exchange exchange = new Exchange(
                request,
                "/validate".equals(request.path()) ? Endpoint.VALIDATE : Endpoint.MUTATE,
                Deadline.in(ReviewTimeout.forDecision(timeout, options.deadlineMargin())),
                now + timeout.minus(options.deadlineMargin().dividedBy(2)).toNanos());
        exchanges.add(exchange);
        connections.requestBegan(request.connection());
        request.handler(chunk -> read(exchange, chunk));
        request.endHandler(_ -> wholeBodyRead(exchange));
        request.exceptionHandler(_ -> lost(exchange));
        request.response().exceptionHandler(_ -> lost(exchange));
        Answer refusal = refusal(request);
        if (refusal != null) {
            answer(exchange, refusal);
        }
    }

    /** An API server asks with the same query each time. */
    private Duration timeout(@Nullable String query) {
        if (!Objects.equals(query, lastQuery)) {
            lastTimeout = ReviewTimeout.of(query);
            lastQuery = query;
        }
        return lastTimeout;
    }

    /** Why {@code request} is not even read, null where it is. */
    private @Nullable Answer refusal(HttpServerRequest request) {
        String path = request.path();
        if (!"/mutate".equals(path) && !"/validate".equals(path)) {
            return Answer.unsupported(
                    404,
                    "Could not serve \"%s\": there is nothing. POST an AdmissionReview to /mutate or /validate."
                            .formatted(path));
        }
        if (!HttpMethod.POST.equals(request.method())) {
            return Answer.unsupported(
                    405,
                    "Could not serve %s %s: only POST is. POST an AdmissionReview.".formatted(request.method(), path));
        }
        if (!connections.authenticated(request.connection())) {
            return Answer.of(new Failure(
                    Code.CLIENT_CERTIFICATE_REQUIRED,
                    "Could not serve %s: the client showed no certificate. Give the API server one that the authority of --client-ca signed, by a kubeConfigFile in its AdmissionConfiguration."
                            .formatted(path)));
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.startsWith("application/json")) {
            return Answer.unsupported(
                    415,
                    "Could not read the review: its Content-Type is \"%s\". Send application/json."
                            .formatted(type == null ? "" : type));
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        // the HTTP decoder has refused what is no number
        return length != null && (length.length() > 18 || Long.parseLong(length) > reviewBytes) ? tooLarge() : null;
    }

    private Answer tooLarge() {
        return Answer.of(new Failure(
                Code.REVIEW_TOO_LARGE,
                "Could not read the review: it exceeds the limit 'review-bytes' of %d bytes. If objects are meant to be that large, raise the setting --limit review-bytes=…."
                        .formatted(reviewBytes)));
    }

    private void read(Exchange exchange, Buffer chunk) {
        if (exchange.state != Exchange.State.READING) {
            return;
        }
        if (exchange.length() + (long) chunk.length() > reviewBytes) {
            answer(exchange, tooLarge());
        } else if (meters.bytes.addAndGet(chunk.length()) > reviewBytesAtOnce) {
            meters.bytes.addAndGet(-chunk.length());
            answer(exchange, overloaded("'review-bytes-at-once' of %d bytes".formatted(reviewBytesAtOnce)));
        } else {
            exchange.append(chunk);
        }
    }

    private static Answer overloaded(String limit) {
        return Answer.of(new Failure(
                Code.OVERLOADED,
                "Could not take the review: the limit %s is reached. Try again, or add replicas.".formatted(limit)));
    }

    private void wholeBodyRead(Exchange exchange) {
        switch (exchange.state) {
            case READING -> decide(exchange);
            case ANSWERED -> finish(exchange);
            case DECIDING -> throw new IllegalStateException("a body ends once");
        }
    }

    private void decide(Exchange exchange) {
        exchange.state = Exchange.State.DECIDING;
        byte[] body = exchange.takeBody();
        if (body.length <= LARGE) {
            Optional<Answer> known = decideIfKnown(exchange.endpoint, body);
            if (known.isPresent()) {
                answer(exchange, known.get());
                return;
            }
        }
        if (meters.deciding.incrementAndGet() > requestsAtOnce) {
            meters.deciding.decrementAndGet();
            answer(exchange, overloaded("'requests-at-once' of %d".formatted(requestsAtOnce)));
            return;
        }
        exchange.decider = DECIDERS.newThread(() -> decideByWaiting(exchange, body));
        exchange.decider.start();
    }

    private Optional<Answer> decideIfKnown(Endpoint endpoint, byte[] body) {
        try {
            return admission.reviewIfKnown(body, endpoint).map(Answer::review);
        } catch (RuntimeException | Error e) {
            return Optional.of(failed(e));
        }
    }

    /** On a virtual thread; whatever happens, the event loop gets an answer and the slot is free again. */
    private void decideByWaiting(Exchange exchange, byte[] body) {
        Answer answer;
        try {
            answer = Answer.review(admission.review(body, exchange.endpoint, exchange.deadline));
        } catch (RuntimeException | Error e) {
            answer = failed(e);
        } finally {
            meters.deciding.decrementAndGet();
        }
        Answer decided = answer;
        context.runOnContext(_ -> answer(exchange, decided));
    }

    /** The answer where a decision threw; what nobody expected is told, and may end the process before it is sent. */
    private Answer failed(Throwable thrown) {
        Failure failure = Failure.of(thrown);
        if (failure.code().fault() == Fault.INTERNAL) {
            options.fatal().accept(thrown);
        }
        return Answer.of(failure);
    }

    /** Answers once: later answers to the same exchange are dropped. */
    private void answer(Exchange exchange, Answer answer) {
        if (exchange.state == Exchange.State.ANSWERED) {
            return;
        }
        boolean whole = exchange.state == Exchange.State.DECIDING;
        exchange.state = Exchange.State.ANSWERED;
        meters.bytes.addAndGet(-exchange.release());
        if (!answer.code().isEmpty()) {
            meters.refused(answer.code());
        }
        HttpServerResponse response = exchange.request.response();
        if (whole) {
            finish(exchange);
        } else {
            exchange.overdueAt = System.nanoTime() + LINGER.toNanos();
        }
        if (response.closed()) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (answer.status() == 405) {
            response.putHeader(HttpHeaders.ALLOW, "POST");
        }
        if (answer.status() == 503) {
            response.putHeader("Retry-After", "1");
        }
        boolean http1 = exchange.request.version() != HttpVersion.HTTP_2;
        if (http1 && (draining || !whole)) {
            response.putHeader(HttpHeaders.CONNECTION, CLOSE);
        }
        response.end(Buffer.buffer(answer.body()));
    }

    /** The client went away: nobody waits for the answer. A decision that is under way ends by its deadline and may serve others. */
    private void lost(Exchange exchange) {
        if (exchange.state != Exchange.State.ANSWERED) {
            exchange.state = Exchange.State.ANSWERED;
            meters.bytes.addAndGet(-exchange.release());
        }
        finish(exchange);
    }

    private void finish(Exchange exchange) {
        if (exchanges.remove(exchange)) {
            connections.requestEnded(exchange.request.connection());
        }
    }

    /** From now on every answer asks its client to connect anew. */
    void drain() {
        draining = true;
    }

    /** Acts on what is overdue at {@code now}. */
    void sweep(long now) {
        for (Exchange exchange : List.copyOf(exchanges)) {
            if (exchange.overdueAt - now > 0) {
                continue;
            }
            switch (exchange.state) {
                case READING ->
                    answer(
                            exchange,
                            Answer.of(
                                    408,
                                    new Failure(
                                            Code.DEADLINE_EXCEEDED,
                                            "Could not read the review: its body did not arrive within the request's time. Send it again.")));
                case DECIDING -> {
                    Thread decider = exchange.decider;
                    if (decider != null) {
                        decider.interrupt();
                    }
                    answer(exchange, Answer.of(exchange.deadline.exceeded("the review")));
                }
                case ANSWERED -> cutOff(exchange);
            }
        }
    }

    /** Ends a client that goes on sending after its answer. */
    private void cutOff(Exchange exchange) {
        finish(exchange);
        if (exchange.request.version() == HttpVersion.HTTP_2) {
            exchange.request.response().reset();
        } else {
            exchange.request.connection().close();
        }
    }
}
