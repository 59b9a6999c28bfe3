package dev.landwaiter.server;

import dev.landwaiter.settings.HostPort;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One event loop's share of one listener. */
final class ListenerLoop extends VerticleBase {
    private final ServerOptions options;
    private final HttpServerOptions http;
    private final Premises premises;

    private @Nullable HttpServer server;
    private @Nullable RequestHandler handler;
    private @Nullable Context loop;
    private volatile long sweptAt = System.nanoTime();

    ListenerLoop(ServerOptions options, HttpServerOptions http, Premises premises) {
        this.options = options;
        this.http = http;
        this.premises = premises;
    }

    @Override
    public Future<?> start() {
        Vertx vertx = this.vertx;
        Connections connections =
                new Connections(context, premises, options.patience().toBegin());
        RequestHandler requests = new RequestHandler(context, options, premises, connections);
        handler = requests;
        loop = context;
        vertx.setPeriodic(ServerOptions.SWEEP.toMillis(), _ -> {
            long now = System.nanoTime();
            sweptAt = now;
            requests.sweep(now);
            connections.sweep(now);
            premises.door().sweep(now);
        });
        server = vertx.createHttpServer(http)
                .connectionHandler(connections::opened)
                .requestHandler(requests);
        HostPort listen = premises.listener().listen();
        return server.listen(listen.port(), listen.host());
    }

    /** The port that is really listened on. */
    int port() {
        return listening().actualPort();
    }

    /** When this loop last did its rounds, on the clock of {@link System#nanoTime}. */
    long sweptAt() {
        return sweptAt;
    }

    /** New connections get {@code ssl}; those that are open stay as they are. */
    Future<Boolean> update(ServerSSLOptions ssl) {
        return listening().updateSSLOptions(ssl, true);
    }

    /** Asks every client to connect anew, elsewhere if it can. */
    void drain() {
        onLoop(RequestHandler::drain);
    }

    /** Takes no connection any more, and closes those that are open once their requests are answered. */
    Future<Void> shutDown() {
        Promise<Void> done = Promise.promise();
        onLoop(_ -> listening().shutdown(options.drain()).onComplete(done));
        return done.future();
    }

    private void onLoop(Consumer<RequestHandler> work) {
        Context on = loop;
        RequestHandler requests = handler;
        if (on != null && requests != null) {
            on.runOnContext(_ -> work.accept(requests));
        }
    }

    private HttpServer listening() {
        HttpServer started = server;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }
}
