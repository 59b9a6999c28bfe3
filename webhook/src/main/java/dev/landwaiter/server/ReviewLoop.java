package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.limit.Limit;
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

/** One event loop's share of the HTTPS server. */
final class ReviewLoop extends VerticleBase {
    private final ServerOptions options;
    private final HttpServerOptions http;
    private final Admission admission;
    private final ServerMeters meters;

    private @Nullable HttpServer server;
    private @Nullable ReviewHandler handler;
    private @Nullable Context loop;
    private volatile long sweptAt = System.nanoTime();

    ReviewLoop(ServerOptions options, HttpServerOptions http, Admission admission, ServerMeters meters) {
        this.options = options;
        this.http = http;
        this.admission = admission;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        Vertx vertx = this.vertx;
        Connections connections = new Connections(
                options.clientAuthorities() != null, options.limits().count(Limit.CLIENT_CONNECTIONS), meters);
        ReviewHandler reviews = new ReviewHandler(context, options, admission, connections, meters);
        handler = reviews;
        loop = context;
        vertx.setPeriodic(ServerOptions.SWEEP.toMillis(), _ -> {
            long now = System.nanoTime();
            sweptAt = now;
            reviews.sweep(now);
            connections.sweep(now);
        });
        server = vertx.createHttpServer(http)
                .connectionHandler(connections::opened)
                .requestHandler(reviews);
        return server.listen(options.listen().port(), options.listen().host());
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
        onLoop(ReviewHandler::drain);
    }

    /** Takes no connection any more, and closes those that are open once their requests are answered. */
    Future<Void> shutDown() {
        Promise<Void> done = Promise.promise();
        onLoop(_ -> listening().shutdown(options.drain()).onComplete(done));
        return done.future();
    }

    private void onLoop(Consumer<ReviewHandler> work) {
        Context on = loop;
        ReviewHandler reviews = handler;
        if (on != null && reviews != null) {
            on.runOnContext(_ -> work.accept(reviews));
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
