package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Fault;
import dev.landwaiter.limit.ByteShares;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests, has them decided, answers. Everything here runs on one event loop but the decisions that have to wait, which get a virtual
 * thread each.
 */
final class RequestHandler implements Handler<HttpServerRequest> {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final ThreadFactory DECIDERS =
            Thread.ofVirtual().name("admission").factory();

    private final Context context;
    private final ServerOptions options;
    private final Patience patience;
    private final Premises premises;
    private final Budgets budgets;
    private final Connections connections;
    private final RequestCheck check;
    private final int bodyBytes;
    private final Duration bodyTime;
    private final long bodyPace;
    private final Set<Exchange> exchanges = new HashSet<>();
    private @Nullable String lastQuery;
    private Times lastTimes;
    private boolean draining;

    RequestHandler(Context context, ServerOptions options, Premises premises, Connections connections) {
        this.context = context;
        this.options = options;
        this.patience = options.patience();
        this.premises = premises;
        this.budgets = premises.budgets();
        this.connections = connections;
        this.check = new RequestCheck(premises);
        this.bodyBytes = budgets.limits().count(budgets.body());
        this.bodyTime = Duration.ofMillis(budgets.limits().get(Limit.BODY_MILLIS));
        this.bodyPace = budgets.limits().get(Limit.BODY_BYTES_PER_SECOND);
        this.lastTimes = times(ReviewTimeout.DEFAULT);
    }

    @Override
    public void handle(HttpServerRequest request) {
        ClientConnection client = connections.of(request.connection());
        if (client == null) {
            // it was closed a moment ago
            return;
        }
        long now = System.nanoTime();
        Exchange exchange = exchange(request, client, now);
        exchanges.add(exchange);
        client.requestBegan(now);
        request.handler(chunk -> read(exchange, chunk));
        request.endHandler(_ -> wholeBodyRead(exchange));
        request.exceptionHandler(_ -> lost(exchange));
        request.response().exceptionHandler(_ -> lost(exchange));
        if (!exchange.lease.hold(Exchange.ORDINARY, false)) {
            refuse(exchange, overloaded(shareOfAddress()));
            return;
        }
        switch (check.of(request, client)) {
            case RequestCheck.Answered(var answer) -> answer(exchange, answer);
            case RequestCheck.Refused(var work, var why) -> {
                exchange.work = work;
                refuse(exchange, why);
            }
            case RequestCheck.Read(var work, var caller) -> {
                exchange.work = work;
                exchange.caller = caller;
            }
        }
    }

    private Exchange exchange(HttpServerRequest request, ClientConnection client, long now) {
        Times times = times(request.query());
        return new Exchange(
                request,
                client,
                premises.bytes().lease(client.remote),
                Deadline.in(times.decision()),
                now + times.overdue(),
                now + times.reading());
    }

    /**
     * What a request has time for.
     *
     * @param overdue in nanoseconds, when an answer is given for whoever decides
     * @param reading in nanoseconds, how long its body may take
     */
    private record Times(Duration decision, long overdue, long reading) {}

    /** An API server asks with the same query each time. */
    private Times times(@Nullable String query) {
        if (!Objects.equals(query, lastQuery)) {
            lastTimes = times(ReviewTimeout.of(query));
            lastQuery = query;
        }
        return lastTimes;
    }

    private Times times(Duration timeout) {
        Duration reading = timeout.compareTo(bodyTime) < 0 ? timeout : bodyTime;
        return new Times(
                ReviewTimeout.forDecision(timeout, options.deadlineMargin()),
                timeout.toNanos() - options.deadlineMargin().toNanos() / 2,
                reading.toNanos());
    }

    private void read(Exchange exchange, Buffer chunk) {
        if (exchange.state != Exchange.State.READING) {
            return;
        }
        if (exchange.length() + (long) chunk.length() > bodyBytes) {
            refuse(exchange, check.tooLarge());
        } else if (!exchange.append(chunk, bodyBytes)) {
            refuse(exchange, overloaded(shareOfAddress()));
        }
    }

    private static Failure overloaded(String why) {
        return new Failure(
                Code.OVERLOADED, "Could not take the review: %s. Try again, or add replicas.".formatted(why));
    }

    private void refuse(Exchange exchange, Failure why) {
        refuse(exchange, why, Answer.of(why));
    }

    /** Answers what nobody decides on, and tells whoever would have. */
    private void refuse(Exchange exchange, Failure why, Answer answer) {
        Route.Work work = exchange.work;
        if (work != null && exchange.state != Exchange.State.ANSWERED) {
            work.refused(why);
        }
        answer(exchange, answer);
    }

    private void wholeBodyRead(Exchange exchange) {
        exchange.whole = true;
        switch (exchange.state) {
            case READING -> decide(exchange);
            case ANSWERED -> finishIfDone(exchange);
            case DECIDING -> throw new IllegalStateException("a body ends once");
        }
    }

    private void decide(Exchange exchange) {
        Route.Work work = Objects.requireNonNull(exchange.work);
        exchange.endTurn();
        exchange.state = Exchange.State.DECIDING;
        exchange.overdueAt = exchange.decisionOverdueAt;
        byte[] body = exchange.takeBody();
        if (body.length <= Admission.LARGE) {
            Optional<Answer> known = answerIfKnown(work, body, exchange.caller);
            if (known.isPresent()) {
                answer(exchange, known.get());
                return;
            }
        }
        decideOnBehalf(work.tenant(body), exchange, work, body);
    }

    private Optional<Answer> answerIfKnown(Route.Work work, byte[] body, Caller caller) {
        try {
            return work.answerIfKnown(body, caller).map(Answer::review);
        } catch (RuntimeException | Error e) {
            return Optional.of(failed(e));
        }
    }

    /**
     * From here on the body is charged to whom it concerns, and no longer to whom it came from: one API server sends everybody's. Whoever is
     * not the API server may say any namespace, so they go on using the share of their address.
     */
    private void decideOnBehalf(String tenant, Exchange exchange, Route.Work work, byte[] body) {
        boolean proved = exchange.caller == Caller.API_SERVER;
        String sharer = proved ? tenant : exchange.client.remote;
        boolean _ = exchange.lease.hold(Exchange.ORDINARY, false);
        Optional<Premises.Place> place = premises.place(exchange.caller, exchange.client.remote, tenant);
        if (place.isEmpty()) {
            refuse(exchange, overloaded(usedUp(tenant, budgets.waitingAtOnce())));
            return;
        }
        ByteShares.Lease held = premises.bytes().lease(sharer);
        if (!held.hold(body.length, body.length > Exchange.ORDINARY)) {
            place.get().close();
            refuse(exchange, overloaded(proved ? usedUp(tenant, budgets.bytesAtOnce()) : shareOfAddress()));
            return;
        }
        Deadline deadline = proved ? exchange.deadline : exchange.deadline.onBehalfOf(sharer);
        exchange.decider = DECIDERS.newThread(() -> {
            Answer answer;
            try (Premises.Place _ = place.get();
                    held) {
                answer = answerByWaiting(exchange, work, body, deadline);
            }
            context.runOnContext(_ -> answer(exchange, answer));
        });
        exchange.decider.start();
    }

    private String shareOfAddress() {
        return "the share of its address in the limit %s is used up".formatted(budgets.shown(budgets.bytesAtOnce()));
    }

    private String usedUp(String tenant, Limit limit) {
        return "the share of %s in the limit %s is used up"
                .formatted(
                        tenant.isEmpty() ? "requests without a namespace" : "namespace \"" + tenant + "\"",
                        budgets.shown(limit));
    }

    /** On a virtual thread; whatever happens, there is an answer. */
    private Answer answerByWaiting(Exchange exchange, Route.Work work, byte[] body, Deadline deadline) {
        try {
            return Answer.review(work.answer(body, exchange.caller, deadline));
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
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
        exchange.state = Exchange.State.ANSWERED;
        exchange.endTurn();
        exchange.dropBody();
        // whoever does not take its answer has it lie here
        boolean room = answer.body().length <= Exchange.ORDINARY || exchange.lease.hold(answer.body().length, true);
        send(exchange, room ? answer : Answer.of(overloaded(shareOfAddress())));
    }

    private void send(Exchange exchange, Answer answer) {
        exchange.overdueAt = System.nanoTime() + (exchange.whole ? patience.toTake() : patience.linger()).toNanos();
        if (!answer.code().isEmpty()) {
            premises.meters().refused(answer.code());
        }
        HttpServerResponse response = exchange.request.response();
        if (response.closed()) {
            lost(exchange);
            return;
        }
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (answer.status() == 405) {
            response.putHeader(HttpHeaders.ALLOW, answer.allow());
        }
        if (answer.status() == 503) {
            response.putHeader("Retry-After", "1");
        }
        boolean http1 = exchange.request.version() != HttpVersion.HTTP_2;
        if (http1 && (draining || !exchange.whole)) {
            response.putHeader(HttpHeaders.CONNECTION, CLOSE);
        }
        response.end(Buffer.buffer(answer.body())).onComplete(_ -> written(exchange, answer));
    }

    private void written(Exchange exchange, Answer answer) {
        exchange.written = true;
        boolean refused = answer.code().equals(Code.CLIENT_CERTIFICATE_REQUIRED.name()) && exchange.client.mayGo();
        if (refused && exchange.request.version() == HttpVersion.HTTP_2) {
            // as over HTTP/1.1: whatever it asks, it is never answered otherwise
            Object _ = exchange.client.http.shutdown(patience.linger().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (exchange.lease.bytes() == 0 && !exchange.whole) {
            // it was refused because there is no room, so it is not kept any longer than its answer needs
            cutOff(exchange);
        } else {
            finishIfDone(exchange);
        }
    }

    /** The client went away: nobody waits for the answer. A decision that is under way ends by its deadline and may serve others. */
    private void lost(Exchange exchange) {
        exchange.state = Exchange.State.ANSWERED;
        exchange.endTurn();
        exchange.dropBody();
        finish(exchange);
    }

    private void finishIfDone(Exchange exchange) {
        if (exchange.whole && exchange.written) {
            finish(exchange);
        }
    }

    private void finish(Exchange exchange) {
        if (exchanges.remove(exchange)) {
            exchange.lease.close();
            long now = System.nanoTime();
            exchange.client.requestEnded(now, now + patience.idle().toNanos());
        }
    }

    /** From now on every answer asks its client to connect anew. */
    void drain() {
        draining = true;
    }

    /** Acts on what is overdue at {@code now}. */
    void sweep(long now) {
        for (Exchange exchange : List.copyOf(exchanges)) {
            if (exchange.state == Exchange.State.READING && tooSlow(exchange)) {
                tooSlow(
                        exchange,
                        "it came more slowly than the limit %s".formatted(budgets.shown(Limit.BODY_BYTES_PER_SECOND)));
            } else if (exchange.overdueAt - now <= 0) {
                overdue(exchange);
            }
        }
    }

    private boolean tooSlow(Exchange exchange) {
        if (exchange.waitsForItsTurn()) {
            return false;
        }
        if (exchange.pace == null) {
            exchange.pace = new BodyPace(bodyPace, exchange.length());
        }
        return exchange.pace.tooSlow(exchange.length());
    }

    private void overdue(Exchange exchange) {
        switch (exchange.state) {
            case READING ->
                tooSlow(
                        exchange,
                        "it did not arrive within the request's time, nor within the limit %s"
                                .formatted(budgets.shown(Limit.BODY_MILLIS)));
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

    private void tooSlow(Exchange exchange, String how) {
        Failure why = new Failure(
                Code.DEADLINE_EXCEEDED, "Could not read the body of the request: %s. Send it again.".formatted(how));
        refuse(exchange, why, Answer.of(408, why));
    }

    /** Ends a client that goes on sending after its answer, or does not take it. */
    private void cutOff(Exchange exchange) {
        finish(exchange);
        if (exchange.request.version() == HttpVersion.HTTP_2) {
            exchange.request.response().reset();
        } else {
            exchange.client.http.close();
        }
    }
}
