package dev.landwaiter.transport;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An HTTP proxy on loopback that connects whoever asks to one port, whatever host they name. */
final class ConnectProxy implements AutoCloseable {
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final NetClient client;
    private final HttpServer server;
    private final int toPort;

    private ConnectProxy(Vertx vertx, int toPort) {
        this.client = vertx.createNetClient();
        this.toPort = toPort;
        this.server = vertx.createHttpServer()
                .requestHandler(this::connect)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    static ConnectProxy to(Vertx vertx, int port) {
        return new ConnectProxy(vertx, port);
    }

    int port() {
        return server.actualPort();
    }

    /** {@code CONNECT host:port authorization} of every request. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    private void connect(HttpServerRequest request) {
        seen.add(request.method() + " " + request.uri() + " " + request.getHeader("proxy-authorization"));
        if (!request.method().equals(HttpMethod.CONNECT)) {
            request.response().setStatusCode(405).end();
            return;
        }
        request.pause();
        client.connect(toPort, "127.0.0.1")
                .onSuccess(upstream -> request.toNetSocket().onSuccess(downstream -> {
                    pipe(upstream, downstream);
                    pipe(downstream, upstream);
                }));
    }

    private static void pipe(NetSocket from, NetSocket to) {
        from.handler(to::write);
        from.closeHandler(closed -> to.close());
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
        client.close().toCompletionStage().toCompletableFuture().join();
    }
}
