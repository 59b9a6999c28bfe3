package dev.landwaiter.server;

import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.certs.TrustedAuthorities;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How TLS is spoken: by BoringSSL where it can be loaded, else by the JDK, at several times the cost of a new connection. */
final class TlsEngine {
    private static final Logger LOG = LoggerFactory.getLogger(TlsEngine.class);
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private TlsEngine() {}

    static SSLEngineOptions choose() {
        if (OpenSSLEngineOptions.isAvailable() && OpenSSLEngineOptions.isAlpnAvailable()) {
            return new OpenSSLEngineOptions();
        }
        LOG.warn(
                "BoringSSL could not be loaded on this system; the JDK's TLS serves instead, and new connections cost more");
        return new JdkSSLEngineOptions();
    }

    static Set<String> protocols() {
        return new LinkedHashSet<>(PROTOCOLS);
    }

    /** The options that {@code certificate} is served with. */
    static ServerSSLOptions options(ServingCertificate certificate, @Nullable TrustedAuthorities clients) {
        ServerSSLOptions options = new ServerSSLOptions()
                .setKeyCertOptions(keys(certificate))
                .setUseAlpn(true)
                .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
                .setEnabledSecureTransportProtocols(protocols())
                .setClientAuth(clientAuth(clients));
        return options.setTrustOptions(trust(clients));
    }

    static KeyCertOptions keys(ServingCertificate certificate) {
        return KeyCertOptions.wrap(new OneKeyManager(certificate));
    }

    /** Whom clients' certificates are to be signed by. Where none is asked for, the system's authorities would be read for nothing. */
    static TrustOptions trust(@Nullable TrustedAuthorities clients) {
        return clients == null
                ? TrustOptions.wrap(NobodyTrusted.INSTANCE)
                : new PemTrustOptions().addCertValue(Buffer.buffer(clients.pem()));
    }

    /** Asked for and not required: later routes do without, and a request that lacks it gets an answer that says so. */
    static ClientAuth clientAuth(@Nullable TrustedAuthorities clients) {
        return clients == null ? ClientAuth.NONE : ClientAuth.REQUEST;
    }
}
