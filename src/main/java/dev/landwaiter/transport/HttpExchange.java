package dev.landwaiter.transport;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.RegistryCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, to be started once. It reads at most what the request allows, and can be cut at any moment, which resets the stream (HTTP/2) or
 * closes the connection (HTTP/1.1), also where the request is still waiting for one.
 *
 * @param <T> what the caller waits for
 */
abstract sealed class HttpExchange<T> permits BoundedExchange, StreamedExchange {
    /** From here on a body only explains, and an answer is worth having without it. */
    static final int FIRST_EXPLAINED = 300;
    /** RFC 9113 section 7: no longer needed. */
    private static final long CANCEL = 0x8;
    /** Headers of which every value matters, in however many lines they come. */
    private static final Set<String> LISTS = Set.of("www-authenticate", "link");

    private final Request request;
    private final Limits limits;
    private final OpenConnections connections;
    private final Destination destination;
    private final String tenant;
    private final RegistryCall call;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable HttpClientRequest sent;
    /** How many answers had come on the connection when this was sent. */
    private long answersBefore;

    private boolean cut;
    private boolean over;
    private volatile boolean answering;

    /**
     * @param connections told of which connection is used
     * @param deadline says on whose behalf it is made, and what to charge for what arrives
     */
    HttpExchange(
            Request request, Limits limits, OpenConnections connections, Destination destination, Deadline deadline) {
        this.request = request;
        this.limits = limits;
        this.connections = connections;
        this.destination = destination;
        this.tenant = deadline.tenant();
        this.call = deadline.call();
        CompletableFuture<T> _ = answer.whenComplete((_, thrown) -> {
            if (thrown != null) {
                end(false);
            }
        });
    }

    /** Reads {@code response} whose head has come; called on the event loop. */
    abstract void read(HttpClientResponse response);

    /** Sends it by {@code client} as {@code options} say. */
    final void start(HttpClient client, RequestOptions options) {
        client.request(options).onSuccess(this::send).onFailure(thrown -> {
            Throwable told = unconnected(thrown);
            connected.completeExceptionally(told);
            fail(told);
        });
    }

    final Destination destination() {
        return destination;
    }

    final Request request() {
        return request;
    }

    final Limits limits() {
        return limits;
    }

    /** Completes when it has a connection, or fails with why there is none. */
    final CompletableFuture<Void> connected() {
        return connected;
    }

    /** What the caller waits for; fails with what Vert.x failed with, or with a {@code Failure} of a limit. */
    final CompletableFuture<T> answer() {
        return answer;
    }

    /** Whether the peer has begun to answer. */
    final boolean answering() {
        return answering;
    }

    /** Ends it without an answer. */
    final void cut() {
        HttpClientRequest toReset;
        synchronized (this) {
            cut = true;
            toReset = sent;
        }
        if (toReset != null) {
            toReset.reset(CANCEL);
            end(false);
        }
    }

    /**
     * Ends it because time ran out. Where its connection was silent all the while, nobody else is to wait on it; what else is under way on it
     * may finish. Where others were answered on it meanwhile, it is kept: whoever has little time must not take it from them.
     */
    final void abandon() {
        HttpClientRequest waiting;
        long answers;
        synchronized (this) {
            waiting = sent;
            answers = answersBefore;
        }
        cut();
        if (waiting != null) {
            connections.retireIfSilent(waiting.connection(), answers);
        }
    }

    /** It will never have an answer, because of {@code thrown}; what was answered before that stays. */
    void fail(Throwable thrown) {
        answer.completeExceptionally(thrown);
    }

    /** What it was started for has come, or its peer is done with it. */
    final void end(boolean answered) {
        HttpClientRequest ended;
        synchronized (this) {
            if (over || sent == null) {
                return;
            }
            over = true;
            ended = sent;
        }
        connections.ends(ended.connection(), answered);
    }

    /** Before there is a connection every failure of the network is one to connect, an unreachable network among them. */
    private static Throwable unconnected(Throwable thrown) {
        if (!(thrown instanceof SocketException) || TransportFailures.notConnected(thrown)) {
            return thrown;
        }
        ConnectException notConnected = new ConnectException(thrown.getMessage());
        notConnected.initCause(thrown);
        return notConnected;
    }

    private void send(HttpClientRequest ready) {
        // first of all: what has no handler is logged as an error
        ready.exceptionHandler(this::fail);
        boolean tooLate;
        long answers = connections.begins(ready.connection(), destination, tenant);
        synchronized (this) {
            sent = ready;
            answersBefore = answers;
            tooLate = cut;
        }
        connected.complete(null);
        if (tooLate) {
            ready.reset(CANCEL);
            end(false);
            return;
        }
        ready.response()
                .onSuccess(response -> {
                    answering = true;
                    response.exceptionHandler(this::fail);
                    read(response);
                })
                .onFailure(this::fail);
        (request.body().isEmpty() ? ready.end() : ready.end(request.body())).onFailure(this::fail);
    }

    /** Reads the whole body into memory, and then hands it to {@code whole}. */
    final void readWhole(HttpClientResponse response, Consumer<Response> whole) {
        int status = response.statusCode();
        boolean explained = status >= FIRST_EXPLAINED;
        long most = explained ? limits.get(Limit.ERROR_BYTES) : request.maxBytes();
        Buffer body = Buffer.buffer();
        Runnable tooLong = () -> {
            if (explained) {
                // an error stays the error it is, without the page that explains it; anything else is refused
                whole.accept(new Response(status, headers(response), new byte[0]));
            } else {
                fail(exceeded());
            }
            cut();
        };
        response.handler(chunk -> {
            if (answer.isDone() || !paid(chunk)) {
                return;
            }
            if (body.length() + (long) chunk.length() > most) {
                tooLong.run();
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.endHandler(_ -> whole.accept(new Response(status, headers(response), body.getBytes())));
        if (!request.method().equals("HEAD") && stated(response) > most) {
            tooLong.run();
        }
    }

    /** Whether the budget of whoever asks has room for {@code chunk}; where it has not, the exchange ends. */
    final boolean paid(Buffer chunk) {
        try {
            call.received(chunk.length());
            return true;
        } catch (Failure e) {
            fail(e);
            cut();
            return false;
        }
    }

    final Failure exceeded() {
        return limits.exceeded(request.limitName(), request.what());
    }

    /** The length that the peer states, -1 for none; only ever used to refuse. */
    static long stated(HttpClientResponse response) {
        String length = response.getHeader("content-length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static Map<String, String> headers(HttpClientResponse response) {
        Map<String, String> headers = new HashMap<>();
        response.headers().forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (LISTS.contains(key)) {
                headers.merge(key, value, (before, more) -> before + ", " + more);
            } else {
                headers.putIfAbsent(key, value);
            }
        });
        return headers;
    }
}
