package dev.landwaiter.certs;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A certificate chain, leaf first, with the leaf's private key. Immutable; it has passed {@link CertificateCheck} or was issued here.
 *
 * @param chain leaf first, then what signed it
 * @param key RSA or EC
 */
public record ServingCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final Base64.Encoder PEM_LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    public ServingCertificate {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least its leaf");
        }
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** When the first certificate of the chain ends: a client refuses the leaf as soon as what signed it has ended. */
    public Instant notAfter() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** How serving this is at {@code now}. */
    public Health healthAt(Instant now) {
        Instant end = notAfter();
        return now.isBefore(end)
                ? new Health.Healthy(end)
                : new Health.Unhealthy("the certificate of %s expired at %s; renew it"
                        .formatted(leaf().getSubjectX500Principal().getName(), end));
    }

    /** The chain in PEM, leaf first. */
    public String chainPem() {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : chain) {
            pem.append(pem(certificate));
        }
        return pem.toString();
    }

    /** The key as PKCS#8 in PEM: a secret. */
    public String keyPem() {
        return keyPem(key);
    }

    static String keyPem(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    static String pem(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + PEM_LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "certificate of %s, serial %s, valid until %s"
                .formatted(leaf().getSubjectX500Principal().getName(), leaf().getSerialNumber(), notAfter());
    }
}
