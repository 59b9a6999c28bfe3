package dev.landwaiter.certs;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses a chain and key that a TLS client, kube-apiserver above all, would refuse: sooner, and with the reason. */
final class CertificateCheck {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final byte[] PROBE = "landwaiter".getBytes(StandardCharsets.US_ASCII);

    private CertificateCheck() {}

    /**
     * The chain and key of two PEM files, checked.
     *
     * @param certificateWhere and {@code keyWhere}: what to call them in messages
     * @throws CertificateInvalid with the first thing that is wrong
     */
    static ServingCertificate read(
            byte[] certificatePem, String certificateWhere, byte[] keyPem, String keyWhere, Instant now) {
        List<X509Certificate> chain = PemReader.certificates(certificatePem, certificateWhere);
        PrivateKey key = PemReader.privateKey(keyPem, keyWhere);
        X509Certificate leaf = chain.getFirst();
        if (key instanceof EdECPrivateKey) {
            throw unsupported(key, keyWhere, "an RSA or EC key");
        }
        checkMatch(leaf, certificateWhere, key, keyWhere);
        checkValidity(chain, certificateWhere, now);
        checkUse(leaf, certificateWhere);
        return new ServingCertificate(chain, key);
    }

    private static CertificateInvalid unsupported(PrivateKey key, String keyWhere, String supported) {
        return new CertificateInvalid("Could not use private key %s: it is of kind %s. Use %s."
                .formatted(keyWhere, key.getAlgorithm(), supported));
    }

    /** That {@code key} is that of {@code leaf}. */
    static void checkMatch(X509Certificate leaf, String where, PrivateKey key, String keyWhere) {
        String algorithm = switch (key) {
            case RSAPrivateKey rsa -> "SHA256withRSA";
            case ECPrivateKey ec -> "SHA256withECDSA";
            case EdECPrivateKey edwards -> "EdDSA";
            default -> throw unsupported(key, keyWhere, "an RSA, EC or Ed25519 key");
        };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(leaf.getPublicKey());
            verifier.update(PROBE);
            if (verifier.verify(signature)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw mismatch(leaf, where, keyWhere, e);
        }
        throw mismatch(leaf, where, keyWhere, null);
    }

    private static CertificateInvalid mismatch(
            X509Certificate leaf, String where, String keyWhere, @Nullable Exception cause) {
        return new CertificateInvalid(
                "Could not use certificate %s: private key %s is not the key of its first certificate (%s). Give the two that were issued together, leaf first."
                        .formatted(
                                where, keyWhere, leaf.getSubjectX500Principal().getName()),
                cause);
    }

    private static void checkValidity(List<X509Certificate> chain, String where, Instant now) {
        for (X509Certificate certificate : chain) {
            Instant from = certificate.getNotBefore().toInstant();
            Instant until = certificate.getNotAfter().toInstant();
            String subject = certificate.getSubjectX500Principal().getName();
            if (now.isBefore(from)) {
                throw new CertificateInvalid(
                        "Could not use certificate %s: %s is valid only from %s, and it is %s. Check this machine's clock."
                                .formatted(where, subject, from, now));
            }
            if (!now.isBefore(until)) {
                throw new CertificateInvalid(
                        "Could not use certificate %s: %s expired at %s. Renew it.".formatted(where, subject, until));
            }
        }
    }

    private static void checkUse(X509Certificate leaf, String where) {
        try {
            // an absent extension allows every use (RFC 5280, section 4.2.1.12)
            List<String> usages = leaf.getExtendedKeyUsage();
            if (usages != null && !usages.contains(SERVER_AUTH) && !usages.contains(ANY_USAGE)) {
                throw new CertificateInvalid(
                        "Could not use certificate %s: its extended key usage does not allow TLS servers. Issue it with 'server auth'."
                                .formatted(where));
            }
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names == null || names.isEmpty()) {
                throw new CertificateInvalid(
                        "Could not use certificate %s: it has no subject alternative name, and kube-apiserver reads no other name. Issue it with the Service's DNS name or the address as one."
                                .formatted(where));
            }
        } catch (CertificateParsingException e) {
            throw new CertificateInvalid(
                    "Could not use certificate %s: its extensions are malformed. Issue it again.".formatted(where), e);
        }
    }
}
