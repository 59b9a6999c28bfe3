package dev.landwaiter.server;

import dev.landwaiter.certs.CertificateNames;
import dev.landwaiter.certs.TrustedAuthorities;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whether a certificate is one that counts: signed by one authority of these, and of one of these names. TLS has verified it against the
 * authorities of all rules together; which of them signed it is asked here again.
 */
final class CertificateRule {
    private final TrustedAuthorities authorities;
    private final X509TrustManager trust;
    private final Set<String> names;
    private final CallerRule.By by;

    private CertificateRule(TrustedAuthorities authorities, Set<String> names, CallerRule.By by) {
        this.authorities = authorities;
        this.trust = trusting(authorities);
        this.names = names;
        this.by = by;
    }

    /** That of {@code known}, signed by those who sign it now. */
    static CertificateRule of(CallerRule.KnownCertificate known) {
        return new CertificateRule(known.authorities().get(), known.names(), known.by());
    }

    /** The same, signed by others. */
    CertificateRule signedBy(TrustedAuthorities next) {
        return new CertificateRule(next, names, by);
    }

    TrustedAuthorities authorities() {
        return authorities;
    }

    /** Who shows such a certificate. */
    CallerRule.By by() {
        return by;
    }

    /** Whether it holds for the certificate that {@code chain} begins with. */
    boolean holdsFor(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        if (CertificateNames.of(leaf).stream().noneMatch(names::contains)) {
            return false;
        }
        try {
            trust.checkClientTrusted(
                    chain.toArray(X509Certificate[]::new), leaf.getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static X509TrustManager trusting(TrustedAuthorities authorities) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate authority : authorities.certificates()) {
                store.setCertificateEntry("ca-" + store.size(), authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IllegalStateException("PKIX has a trust manager for X.509");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform verifies certificates", e);
        }
    }
}
