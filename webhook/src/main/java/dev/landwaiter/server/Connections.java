package dev.landwaiter.server;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The connections of one event loop: which of them proved a client certificate, and which have been silent for too long. */
final class Connections {
    private final boolean clientCertificates;
    private final int most;
    private final ServerMeters meters;
    private final Map<HttpConnection, Use> uses = new HashMap<>();

    /**
     * Those of one event loop.
     *
     * @param clientCertificates whether a client has to show one
     * @param most that may be open at once, on all event loops together
     */
    Connections(boolean clientCertificates, int most, ServerMeters meters) {
        this.clientCertificates = clientCertificates;
        this.most = most;
        this.meters = meters;
    }

    private static final class Use {
        final boolean authenticated;
        int requests;
        /** On the clock of {@link System#nanoTime}: when it is silent for too long, while no request is on it. */
        long silentAt;

        Use(boolean authenticated, long silentAt) {
            this.authenticated = authenticated;
            this.silentAt = silentAt;
        }
    }

    void opened(HttpConnection connection) {
        if (meters.connections.incrementAndGet() > most) {
            meters.connections.decrementAndGet();
            meters.refused("TOO_MANY_CONNECTIONS");
            connection.close();
            return;
        }
        uses.put(
                connection,
                new Use(
                        !clientCertificates || hasCertificate(connection),
                        System.nanoTime() + ServerOptions.PATIENCE.toNanos()));
        connection.closeHandler(_ -> {
            if (uses.remove(connection) != null) {
                meters.connections.decrementAndGet();
            }
        });
    }

    /** A certificate that is there was verified in the handshake. */
    private static boolean hasCertificate(HttpConnection connection) {
        try {
            return !connection.peerCertificates().isEmpty();
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    boolean authenticated(HttpConnection connection) {
        Use use = uses.get(connection);
        return use != null && use.authenticated;
    }

    void requestBegan(HttpConnection connection) {
        Use use = uses.get(connection);
        if (use != null) {
            use.requests++;
        }
    }

    void requestEnded(HttpConnection connection) {
        Use use = uses.get(connection);
        if (use != null) {
            use.requests--;
            use.silentAt = System.nanoTime() + ServerOptions.IDLE.toNanos();
        }
    }

    /** Closes those that have been silent for too long at {@code now}. */
    void sweep(long now) {
        List<HttpConnection> silent = new ArrayList<>();
        uses.forEach((connection, use) -> {
            if (use.requests == 0 && use.silentAt - now <= 0) {
                silent.add(connection);
            }
        });
        silent.forEach(HttpConnection::close);
    }
}
