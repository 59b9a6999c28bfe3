package dev.landwaiter.server;

import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop that speak HTTP: what each has proved, and which have been silent for too long. */
final class Connections {
    private final Context loop;
    private final Premises premises;
    private final Duration toBegin;
    private final Map<HttpConnection, ClientConnection> open = new HashMap<>();

    Connections(Context loop, Premises premises, Duration toBegin) {
        this.loop = loop;
        this.toBegin = toBegin;
        this.premises = premises;
    }

    void opened(HttpConnection http) {
        long now = System.nanoTime();
        ClientConnection client =
                new ClientConnection(http, loop, premises.callers().judge(http), now, now + toBegin.toNanos());
        open.put(http, client);
        premises.entered(client);
        HttpConnection _ = http.closeHandler(_ -> {
            open.remove(http);
            premises.left(client);
        });
    }

    /** The client's side of {@code http}; null where it is closed already. */
    @Nullable
    ClientConnection of(HttpConnection http) {
        return open.get(http);
    }

    /** Closes those that have been silent for too long at {@code now}. */
    void sweep(long now) {
        List<ClientConnection> silent = new ArrayList<>();
        for (ClientConnection client : open.values()) {
            if (client.silent(now)) {
                silent.add(client);
            }
        }
        silent.forEach(client -> client.http.close());
    }
}
