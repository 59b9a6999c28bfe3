package dev.landwaiter.certs;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates of authorities that are trusted to sign others, for instance those of clients. Immutable.
 *
 * @param certificates at least one
 */
public record TrustedAuthorities(List<X509Certificate> certificates) {
    public TrustedAuthorities {
        certificates = List.copyOf(certificates);
    }

    /**
     * Reads every certificate of a PEM file; each must be an authority's.
     *
     * @throws CertificateInvalid where the file cannot be read or holds something else
     */
    public static TrustedAuthorities read(Path file) {
        return parse(FileContent.read(file, "certificate"), "\"" + file + "\"");
    }

    /** As {@link #read}, of {@code pem}, which stands at {@code where}. */
    static TrustedAuthorities parse(byte[] pem, String where) {
        List<X509Certificate> found = PemReader.certificates(pem, where);
        for (X509Certificate certificate : found) {
            // -1: no authority (basic constraints, RFC 5280, section 4.2.1.9)
            if (certificate.getBasicConstraints() < 0) {
                throw new CertificateInvalid(
                        "Could not use certificate %s as an authority: %s is not a CA's certificate. Give that of the CA that signs the others."
                                .formatted(
                                        where,
                                        certificate.getSubjectX500Principal().getName()));
            }
        }
        return new TrustedAuthorities(found);
    }

    /** All of them in PEM. */
    public String pem() {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            pem.append(ServingCertificate.pem(certificate));
        }
        return pem.toString();
    }
}
