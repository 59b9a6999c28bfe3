package dev.landwaiter.kubernetes;

import dev.landwaiter.testregistry.TestAuthority;
import dev.landwaiter.testregistry.TestCertificates;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;

/** What stands for an API server where only its TLS and its answers matter: a server on loopback, called {@code localhost}. */
final class TlsApiServer {
    private TlsApiServer() {}

    /** One on any port, whose certificate {@code authority} signs. */
    static HttpServer start(Vertx vertx, TestAuthority authority, Handler<HttpServerRequest> answer) {
        return start(vertx, authority, new HttpServerOptions().setPort(0), answer);
    }

    /** The same, with what {@code options} say besides. */
    static HttpServer start(
            Vertx vertx, TestAuthority authority, HttpServerOptions options, Handler<HttpServerRequest> answer) {
        TestCertificates certificates = authority.issue("localhost");
        return vertx.createHttpServer(new HttpServerOptions(options)
                        .setHost("127.0.0.1")
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(certificates.certificatePem()))
                                .addKeyValue(Buffer.buffer(certificates.keyPem()))))
                .requestHandler(answer)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }
}
