package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.ClientIdentity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** Makes fabric8's HTTP client on the JDK's as it always is, with an observer of each request and an identity that we read ourselves. */
final class ObservedHttpClientFactory extends JdkHttpClientFactory {
    private final ObservedHttpClient.Observer observer;
    private final Config config;
    private final Optional<ClientIdentity> identity;

    /**
     * A factory for the API server that {@code config} names.
     *
     * @param identity shown to it, where there is one
     */
    ObservedHttpClientFactory(ObservedHttpClient.Observer observer, Config config, Optional<ClientIdentity> identity) {
        this.observer = observer;
        this.config = config;
        this.identity = identity;
    }

    /** After fabric8 has set what it knows of TLS: the identity is ours, and so are the cluster's authorities. */
    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
        try {
            Optional<ServerAuthorities> authorities = ServerAuthorities.of(config);
            if (identity.isPresent() || authorities.isPresent()) {
                KeyManager[] shown = identity.map(ClientIdentity::keyManagers).orElseGet(() -> new KeyManager[0]);
                TrustManager[] trusted = authorities.isPresent()
                        ? new TrustManager[] {authorities.get()}
                        : SSLUtils.trustManagers(config);
                HttpClient.Builder _ = builder.sslContext(SSLUtils.sslContext(shown, trusted));
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("fabric8 read the same authorities a moment ago", e);
        }
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
