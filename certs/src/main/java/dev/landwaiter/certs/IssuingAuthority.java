package dev.landwaiter.certs;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority's certificate and its private key, which sign others. Immutable. What is issued here is EC P-256.
 *
 * @param key EC
 */
record IssuingAuthority(X509Certificate certificate, PrivateKey key) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** When something is valid. */
    record Validity(Instant from, Instant until) {
        /** As much of it as lies within the validity of {@code certificate}, which signs: clients check both. */
        Validity within(X509Certificate certificate) {
            Instant earliest = certificate.getNotBefore().toInstant();
            Instant latest = certificate.getNotAfter().toInstant();
            return new Validity(from.isBefore(earliest) ? earliest : from, until.isBefore(latest) ? until : latest);
        }
    }

    /** A new one, with a key of its own, that calls itself {@code subject}. It signs leaves and no other authorities. */
    static IssuingAuthority create(X500Principal subject, Validity validity) {
        KeyPair keys = newKeys();
        try {
            JcaX509v3CertificateBuilder builder = builder(subject, subject, validity, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
            return new IssuingAuthority(sign(builder, keys.getPrivate()), keys.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw cannotIssue(subject.getName(), e);
        }
    }

    /** A certificate for TLS servers that go by {@code names}: DNS names and IP addresses. It never outlives the authority. */
    ServingCertificate issueServer(String commonName, List<String> names, Validity validity) {
        return issue(commonName, names, KeyPurposeId.id_kp_serverAuth, validity);
    }

    /** A certificate for a TLS client. It never outlives the authority. */
    ServingCertificate issueClient(String commonName, List<String> names, Validity validity) {
        return issue(commonName, names, KeyPurposeId.id_kp_clientAuth, validity);
    }

    private ServingCertificate issue(String commonName, List<String> names, KeyPurposeId purpose, Validity validity) {
        KeyPair leafKeys = newKeys();
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            JcaX509v3CertificateBuilder builder = builder(
                    certificate.getSubjectX500Principal(),
                    new X500Principal("CN=" + commonName),
                    validity.within(certificate),
                    leafKeys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(certificate));
            if (!names.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(names));
            }
            return new ServingCertificate(List.of(sign(builder, key), certificate), leafKeys.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw cannotIssue(commonName, e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, Validity validity, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(validity.from()), Date.from(validity.until()), subject, key);
    }

    private static GeneralNames alternativeNames(List<String> names) {
        return new GeneralNames(
                names.stream().map(name -> new GeneralName(kind(name), name)).toArray(GeneralName[]::new));
    }

    private static int kind(String name) {
        if (name.contains("://")) {
            return GeneralName.uniformResourceIdentifier;
        }
        return isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName;
    }

    private static boolean isAddress(String name) {
        try {
            return InetAddress.ofLiteral(name) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    /** Positive, 127 random bits (RFC 5280, section 4.1.2.2, allows up to 20 octets). */
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(0);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    private static CertificateInvalid cannotIssue(String name, Exception cause) {
        return new CertificateInvalid(
                "Could not issue a certificate for \"%s\": %s. Use a DNS name or an IP address."
                        .formatted(name, cause.getMessage()),
                cause);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "authority " + certificate.getSubjectX500Principal().getName();
    }
}
