package dev.landwaiter.kubernetes;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that tells what became of each request. fabric8 tries broken watches again without a word to anybody, so this is the one place
 * where it can be seen that the API server refuses the token, or is gone.
 */
final class ObservedHttpClient extends HttpClient {
    private final HttpClient client;
    private final Observer observer;

    /** Hears of every request; it must not block. */
    interface Observer {
        /**
         * There was an answer.
         *
         * @param uri of a WebSocket with {@code ws}, else with {@code http}
         */
        void answered(URI uri, int status);

        /** There was none. */
        void failed(URI uri, Throwable why);
    }

    ObservedHttpClient(HttpClient client, Observer observer) {
        this.client = client;
        this.observer = observer;
    }

    private <T> void tell(URI uri, @Nullable HttpResponse<T> response, @Nullable Throwable thrown) {
        Throwable why = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (response != null) {
            observer.answered(uri, response.statusCode());
        } else if (why instanceof WebSocketHandshakeException refused) {
            observer.answered(uri, refused.getResponse().statusCode());
        } else if (why != null) {
            observer.failed(uri, why);
        }
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            HttpResponse<T> response = client.send(request, handler);
            tell(request.uri(), response, null);
            return response;
        } catch (IOException e) {
            tell(request.uri(), null, e);
            throw e;
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return client.sendAsync(request, handler)
                .whenComplete((response, thrown) -> tell(request.uri(), response, thrown));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushed) {
        return client.sendAsync(request, handler, pushed)
                .whenComplete((response, thrown) -> tell(request.uri(), response, thrown));
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return new ObservedWebSockets(client.newWebSocketBuilder());
    }

    private final class ObservedWebSockets implements WebSocket.Builder {
        private final WebSocket.Builder builder;

        ObservedWebSockets(WebSocket.Builder builder) {
            this.builder = builder;
        }

        @Override
        public WebSocket.Builder header(String name, String value) {
            WebSocket.Builder _ = builder.header(name, value);
            return this;
        }

        @Override
        public WebSocket.Builder connectTimeout(Duration timeout) {
            WebSocket.Builder _ = builder.connectTimeout(timeout);
            return this;
        }

        @Override
        public WebSocket.Builder subprotocols(String preferred, String... lesser) {
            WebSocket.Builder _ = builder.subprotocols(preferred, lesser);
            return this;
        }

        @Override
        public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
            return builder.buildAsync(uri, listener).whenComplete((open, thrown) -> {
                if (open == null) {
                    tell(uri, null, thrown);
                } else {
                    observer.answered(uri, SWITCHING_PROTOCOLS);
                }
            });
        }
    }

    private static final int SWITCHING_PROTOCOLS = 101;

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }

    @Override
    public void shutdown() {
        client.shutdown();
    }

    @Override
    public boolean awaitTermination(Duration duration) throws InterruptedException {
        return client.awaitTermination(duration);
    }

    @Override
    public boolean isTerminated() {
        return client.isTerminated();
    }

    @Override
    public void shutdownNow() {
        client.shutdownNow();
    }

    @Override
    public void close() {
        client.close();
    }
}
