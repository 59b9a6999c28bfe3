package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Makes fabric8's HTTP client on the JDK's as it always is, with an observer of each request. */
final class ObservedHttpClientFactory extends JdkHttpClientFactory {
    private final ObservedHttpClient.Observer observer;

    ObservedHttpClientFactory(ObservedHttpClient.Observer observer) {
        this.observer = observer;
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        return new Observing(super.createNewHttpClientBuilder(), observer);
    }

    private record Observing(HttpClient.Builder builder, ObservedHttpClient.Observer observer)
            implements HttpClient.Builder {
        @Override
        public HttpClient build() {
            return new ObservedHttpClient(builder.build(), observer);
        }

        @Override
        public HttpClient.Builder cookieHandler(CookieHandler handler) {
            HttpClient.Builder _ = builder.cookieHandler(handler);
            return this;
        }

        @Override
        public HttpClient.Builder connectTimeout(Duration timeout) {
            HttpClient.Builder _ = builder.connectTimeout(timeout);
            return this;
        }

        @Override
        public HttpClient.Builder sslContext(SSLContext context) {
            HttpClient.Builder _ = builder.sslContext(context);
            return this;
        }

        @Override
        public HttpClient.Builder sslParameters(SSLParameters parameters) {
            HttpClient.Builder _ = builder.sslParameters(parameters);
            return this;
        }

        @Override
        public HttpClient.Builder executor(Executor executor) {
            HttpClient.Builder _ = builder.executor(executor);
            return this;
        }

        @Override
        public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
            HttpClient.Builder _ = builder.followRedirects(policy);
            return this;
        }

        @Override
        public HttpClient.Builder version(HttpClient.Version version) {
            HttpClient.Builder _ = builder.version(version);
            return this;
        }

        @Override
        public HttpClient.Builder priority(int priority) {
            HttpClient.Builder _ = builder.priority(priority);
            return this;
        }

        @Override
        public HttpClient.Builder proxy(ProxySelector selector) {
            HttpClient.Builder _ = builder.proxy(selector);
            return this;
        }

        @Override
        public HttpClient.Builder authenticator(Authenticator authenticator) {
            HttpClient.Builder _ = builder.authenticator(authenticator);
            return this;
        }

        @Override
        public HttpClient.Builder localAddress(InetAddress address) {
            HttpClient.Builder _ = builder.localAddress(address);
            return this;
        }
    }
}
