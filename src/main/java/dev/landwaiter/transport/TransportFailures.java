package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What Vert.x and Netty throw, told as failures. */
final class TransportFailures {
    private static final int MAX_WORDS = 200;

    private final Limits limits;

    TransportFailures(Limits limits) {
        this.limits = limits;
    }

    /** Whether {@code thrown} says that no connection was made, so that another address may serve. */
    static boolean notConnected(Throwable thrown) {
        return thrown instanceof ConnectException
                || thrown instanceof ConnectTimeoutException
                || thrown instanceof NoRouteToHostException;
    }

    /** Whether {@code thrown} says that the peer closed the connection: which a kept one may do at any time. */
    static boolean closed(Throwable thrown) {
        return thrown instanceof HttpClosedException
                || thrown instanceof ClosedChannelException
                || (thrown instanceof SocketException && !notConnected(thrown));
    }

    /** The failure of asking {@code target} for {@code what} that {@code thrown} is. */
    Failure of(Throwable thrown, String what, Target target) {
        return switch (thrown) {
            case Failure failure -> failure;
            case SslHandshakeTimeoutException e -> connectTimeout(what, target, e);
            case SSLException e ->
                failure(
                        Code.REGISTRY_TLS_FAILED,
                        what,
                        target,
                        "the TLS connection failed (" + words(rootOf(e)) + ")",
                        "Check the server's certificate and name; if a CA of your own issued it, name it with --registry-ca "
                                + target + "=FILE.",
                        e);
            case ConnectTimeoutException e -> connectTimeout(what, target, e);
            case ProxyConnectException e ->
                unreachable(what, target, "the proxy did not connect (" + words(e) + ")", e);
            case ConnectException e -> unreachable(what, target, notConnectedWords(e), e);
            case NoRouteToHostException e -> unreachable(what, target, notConnectedWords(e), e);
            case ConnectionPoolTooBusyException e ->
                failure(Code.OVERLOADED, what, target, "too many requests already wait for it", "Try again later.", e);
            case TimeoutException e when isConnectTimeout(e) -> connectTimeout(what, target, e);
            case TimeoutException e -> timeout(what, target, silentFor(Limit.IDLE_MILLIS), e);
            default -> ofBrokenAnswer(thrown, what, target);
        };
    }

    private Failure ofBrokenAnswer(Throwable thrown, String what, Target target) {
        if (headersTooLong(thrown)) {
            return limits.exceeded(Limit.RESPONSE_HEADER_BYTES, "headers of the answer of " + target + " to " + what);
        }
        if (closed(thrown) || thrown instanceof StreamResetException || thrown instanceof IOException) {
            return failure(
                    Code.REGISTRY_UNREACHABLE,
                    what,
                    target,
                    "it ended the connection before the answer was complete",
                    "Try again later.",
                    thrown);
        }
        return failure(
                Code.REGISTRY_MALFORMED,
                what,
                target,
                "its answer is not HTTP (" + words(thrown) + ")",
                "Check that a registry serves this host and port.",
                thrown);
    }

    /** The whole request took as long as any may, though the peer was not silent. */
    Failure tooSlow(String what, Target target) {
        return timeout(
                what,
                target,
                "the answer took longer than %d milliseconds (limit '%s')"
                        .formatted(limits.get(Limit.REQUEST_MILLIS), Limit.REQUEST_MILLIS.text()),
                new TimeoutException());
    }

    /** The peer of a stream sent nothing for as long as any may. */
    Failure silentStream(String what, Target target) {
        return timeout(what, target, silentFor(Limit.STREAM_IDLE_MILLIS), new TimeoutException());
    }

    /** The peer of a stream was too slow for longer than any may be, though it was not silent. */
    Failure slowStream(String what, Target target) {
        return timeout(
                what,
                target,
                "it sent less than %d bytes a second (limit '%s') for %d milliseconds (limit '%s')"
                        .formatted(
                                limits.get(Limit.STREAM_BYTES_PER_SECOND),
                                Limit.STREAM_BYTES_PER_SECOND.text(),
                                limits.get(Limit.STREAM_SLOW_MILLIS),
                                Limit.STREAM_SLOW_MILLIS.text()),
                new TimeoutException());
    }

    /** The admission request had no more time. */
    Failure outOfTime(String what, Target target) {
        return failure(
                Code.DEADLINE_EXCEEDED,
                what,
                target,
                "no complete answer came in the time that this request had left",
                "Try again, or raise the webhook's timeoutSeconds.",
                new TimeoutException());
    }

    private String silentFor(Limit limit) {
        return "it fell silent for %d milliseconds (limit '%s')".formatted(limits.get(limit), limit.text());
    }

    private static Failure timeout(String what, Target target, String why, TimeoutException cause) {
        return failure(Code.REGISTRY_TIMEOUT, what, target, why, "Try again later.", cause);
    }

    private Failure connectTimeout(String what, Target target, Throwable cause) {
        return unreachable(
                what,
                target,
                "no connection within %d milliseconds (limit '%s')"
                        .formatted(limits.get(Limit.CONNECT_MILLIS), Limit.CONNECT_MILLIS.text()),
                cause);
    }

    private static Failure unreachable(String what, Target target, String why, Throwable cause) {
        return failure(
                Code.REGISTRY_UNREACHABLE, what, target, why, "Check that it is up and reachable from here.", cause);
    }

    private static String notConnectedWords(Throwable thrown) {
        String words = words(thrown);
        return words.startsWith("Connection refused")
                ? "the connection was refused"
                : "no connection could be made (" + words + ")";
    }

    private static Failure failure(Code code, String what, Target target, String why, String next, Throwable cause) {
        return new Failure(code, "Could not fetch %s from %s: %s. %s".formatted(what, target, why, next), cause);
    }

    private static boolean headersTooLong(Throwable thrown) {
        return thrown instanceof TooLongHttpHeaderException
                || thrown instanceof TooLongHttpLineException
                || thrown instanceof Http2Exception.HeaderListSizeException
                // Netty's error of the whole connection has no type of its own
                || (thrown instanceof Http2Exception e
                        && Optional.ofNullable(e.getMessage()).orElse("").startsWith("Header size exceeded"));
    }

    /** Vert.x tells a timeout while connecting from one while reading by its words alone. */
    private static boolean isConnectTimeout(TimeoutException e) {
        return Optional.ofNullable(e.getMessage()).orElse("").contains("connect");
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** What the library says, on one line and bounded: parts of it may be the peer's. */
    private static String words(Throwable thrown) {
        String message = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        return Shown.of(message.lines().findFirst().orElse(""), MAX_WORDS);
    }
}
