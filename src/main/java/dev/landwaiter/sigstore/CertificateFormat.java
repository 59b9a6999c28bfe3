package dev.landwaiter.sigstore;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** X.509 certificates from outside, in DER. */
final class CertificateFormat {
    private CertificateFormat() {}

    /**
     * Reads one certificate; empty where it is damaged, more than one, or holds a key that does not count. The JDK judges what it is, which is
     * stricter; the object is Bouncy Castle's, whose keys and signatures are faster, see {@link SignatureCheck}.
     */
    static Optional<X509Certificate> decode(byte[] der) {
        try {
            boolean one = parse(CertificateFactory.getInstance("X.509"), der)
                    .filter(certificate -> PublicKeyFormat.sound(certificate.getPublicKey()))
                    .isPresent();
            return one
                    ? parse(CertificateFactory.getInstance("X.509", SignatureCheck.PROVIDER), der)
                    : Optional.empty();
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    private static Optional<X509Certificate> parse(CertificateFactory factory, byte[] der) throws CertificateException {
        ByteArrayInputStream in = new ByteArrayInputStream(der);
        return factory.generateCertificate(in) instanceof X509Certificate certificate && in.available() == 0
                ? Optional.of(certificate)
                : Optional.empty();
    }
}
