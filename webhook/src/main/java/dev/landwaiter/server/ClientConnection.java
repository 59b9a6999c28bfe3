package dev.landwaiter.server;

import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/** One connection of a client. Its event loop alone changes it; other threads look at it where room has to be made. */
final class ClientConnection {
    final HttpConnection http;
    /** The address that it comes from, which its bytes are charged to until it is known on whose behalf they came. */
    final String remote;

    private final Context loop;
    private Callers.Proof proof;
    private int requests;
    /** On the clock of {@link System#nanoTime}: when it is silent for too long, while no request is on it. */
    private long silentAt;

    private volatile boolean proved;
    private volatile boolean busy;
    /** When it began to be busy, or idle. */
    private volatile long since;

    /** @param silentAt when it is silent for too long, if no request comes before */
    ClientConnection(HttpConnection http, Context loop, Callers.Proof proof, long now, long silentAt) {
        this.http = http;
        this.loop = loop;
        this.remote = remote(http);
        this.proof = proof;
        this.proved = proof.good();
        this.since = now;
        this.silentAt = silentAt;
    }

    private static String remote(HttpConnection http) {
        @Nullable
        String address =
                http.remoteAddress() == null ? null : http.remoteAddress().hostAddress();
        return address == null ? "" : address;
    }

    /** What it proves, judged anew where {@code callers} has other rules by now. */
    Callers.Proof proof(Callers callers) {
        if (!callers.current(proof)) {
            proof = callers.judge(http);
            proved = proof.good();
        }
        return proof;
    }

    void requestBegan(long now) {
        requests++;
        if (!busy) {
            busy = true;
            since = now;
        }
    }

    /** @param silentFrom when it is silent for too long, if no other one comes before */
    void requestEnded(long now, long silentFrom) {
        requests--;
        if (requests == 0) {
            busy = false;
            since = now;
            silentAt = silentFrom;
        }
    }

    /** Whether it has no request and has been silent for too long. */
    boolean silent(long now) {
        return requests == 0 && silentAt - now <= 0;
    }

    /** Whether it goes before {@code other} where room has to be made: one with no request first, of those the one that is idle the longest. */
    boolean goesBefore(ClientConnection other) {
        return busy != other.busy ? !busy : since - other.since < 0;
    }

    /** One that has proved to be the API server's makes room for nobody. */
    boolean mayGo() {
        return !proved;
    }

    void close() {
        loop.runOnContext(_ -> http.close());
    }
}
