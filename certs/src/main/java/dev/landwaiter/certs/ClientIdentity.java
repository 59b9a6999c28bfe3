package dev.landwaiter.certs;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate chain, leaf first, with the leaf's private key, by which a client proves to a server who it is. Immutable.
 *
 * @param key RSA, EC or Ed25519
 */
public record ClientIdentity(List<X509Certificate> chain, PrivateKey key) {
    private static final char[] NO_PASSWORD = {};

    public ClientIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads two PEM texts; other blocks in them are skipped.
     *
     * @param certificateWhere and {@code keyWhere}: what to call them in messages
     * @throws CertificateInvalid with the first thing that is wrong; never with anything of the key
     */
    public static ClientIdentity read(byte[] certificatePem, String certificateWhere, byte[] keyPem, String keyWhere) {
        List<X509Certificate> chain = PemReader.certificates(certificatePem, certificateWhere);
        PrivateKey key = PemReader.privateKey(keyPem, keyWhere);
        CertificateCheck.checkMatch(chain.getFirst(), certificateWhere, key, keyWhere);
        return new ClientIdentity(chain, key);
    }

    /** For TLS. */
    public KeyManager[] keyManagers() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
            KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, NO_PASSWORD);
            return managers.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a key that was read can be kept in memory", e);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ClientIdentity[%s]"
                .formatted(chain.getFirst().getSubjectX500Principal().getName());
    }
}
