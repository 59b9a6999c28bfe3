package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.PemReader;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may vouch for the API server: the cluster's authorities and nobody else, where they are named. A file of them is read again for each TLS handshake, because
 * a cluster that gets a new authority has it written into every Pod. What cannot be used leaves the last good ones. fabric8 reads them once, and
 * trusts all public authorities besides.
 */
final class ServerAuthorities extends X509ExtendedTrustManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAuthorities.class);

    /** Empty where they are data of the kubeconfig. */
    private final Optional<Path> file;

    private byte[] seen;
    private X509ExtendedTrustManager trusted;

    private ServerAuthorities(Optional<Path> file, byte[] pem) {
        this.file = file;
        this.seen = pem;
        this.trusted = manager(pem);
    }

    /**
     * Those that {@code config} names; empty where it names none or says that everybody is trusted.
     *
     * @throws CertificateInvalid where they cannot be used
     */
    static Optional<ServerAuthorities> of(Config config) throws IOException {
        if (config.isTrustCerts()) {
            return Optional.empty();
        }
        String data = config.getCaCertData();
        if (data != null && !data.isEmpty()) {
            return Optional.of(new ServerAuthorities(Optional.empty(), Kubeconfig.decoded(data)));
        }
        String named = config.getCaCertFile();
        if (named == null || named.isEmpty()) {
            return Optional.empty();
        }
        Path file = Path.of(named);
        return Optional.of(new ServerAuthorities(Optional.of(file), Files.readAllBytes(file)));
    }

    private static X509ExtendedTrustManager manager(byte[] pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : PemReader.certificates(pem, "of the cluster's authorities")) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Stream.of(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform can keep certificates", e);
        }
    }

    private synchronized X509ExtendedTrustManager current() {
        if (file.isPresent()) {
            readAgain(file.get());
        }
        return trusted;
    }

    private void readAgain(Path from) {
        byte[] now = content(from);
        if (Arrays.equals(now, seen)) {
            return;
        }
        seen = now;
        try {
            trusted = manager(now);
            LOG.info("The API server's authorities were read again, from {}", from);
        } catch (CertificateInvalid e) {
            LOG.warn(
                    "{} The last good authorities of the API server stay in use, not those of {}",
                    e.getMessage(),
                    from);
        }
    }

    /** What cannot be read is told once, as what holds nothing. */
    private static byte[] content(Path from) {
        try {
            return Files.readAllBytes(from);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        current().checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        current().checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        current().checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        throw onlyServers();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw onlyServers();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw onlyServers();
    }

    private static CertificateException onlyServers() {
        return new CertificateException("these authorities vouch for servers alone");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
