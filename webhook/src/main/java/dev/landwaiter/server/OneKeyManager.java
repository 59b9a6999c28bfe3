package dev.landwaiter.server;

import dev.landwaiter.certs.ServingCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's one certificate and key, as they are. The usual way, through a key store, encrypts the key with ten thousand rounds of a hash
 * only to decrypt it again: a third of a second of a start.
 */
final class OneKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "serving";

    private final ServingCertificate certificate;

    OneKeyManager(ServingCertificate certificate) {
        this.certificate = certificate;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return fits(keyType) ? new String[] {ALIAS} : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return fits(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return fits(keyType) ? ALIAS : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return ALIAS.equals(alias) ? certificate.chain().toArray(X509Certificate[]::new) : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return ALIAS.equals(alias) ? certificate.key() : null;
    }

    /** It is a server's: as a client it has nothing to show. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    /** Whether a key of {@code keyType} is asked for; some kinds of exchange are asked for as {@code EC_EC} or {@code EC_RSA}. */
    private boolean fits(String keyType) {
        String own = certificate.key() instanceof ECPrivateKey
                ? "EC"
                : certificate.key().getAlgorithm();
        return own.equals(keyType.split("_", 2)[0]);
    }
}
