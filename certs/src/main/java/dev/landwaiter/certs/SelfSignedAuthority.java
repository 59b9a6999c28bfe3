package dev.landwaiter.certs;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * An authority that lives as long as this process: it issues certificates for the demo, for local runs without {@code --tls-cert} and for
 * tests. Its key is never written anywhere. EC P-256 throughout.
 */
public final class SelfSignedAuthority {
    /** Clocks of clients may be behind ours by so much. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /** An authority that calls itself {@code name} and lasts {@code validity} from now. */
    public SelfSignedAuthority(String name, Duration validity, InstantSource clock) {
        this.clock = clock;
        this.keys = newKeys();
        X500Principal subject = new X500Principal("CN=" + name);
        Instant now = clock.instant();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    subject,
                    serial(),
                    Date.from(now.minus(SKEW)),
                    Date.from(now.plus(validity)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
            this.certificate = sign(builder);
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw cannotIssue(name, e);
        }
    }

    /** The authority's own certificate: whoever trusts it trusts what is issued here. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** {@link #certificate()} in PEM, for {@code caBundle} and {@code curl --cacert}. */
    public String certificatePem() {
        return ServingCertificate.pem(certificate);
    }

    /**
     * A certificate for a TLS server of {@code names}, which are DNS names and IP addresses, the first also its common name. It never
     * outlives the authority.
     */
    public ServingCertificate issueServer(List<String> names, Duration validity) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a server has at least one name");
        }
        return issue(names.getFirst(), names, KeyPurposeId.id_kp_serverAuth, validity);
    }

    /** A certificate for a TLS client that calls itself {@code name}. It never outlives the authority. */
    public ServingCertificate issueClient(String name, Duration validity) {
        return issueClient(name, List.of(), validity);
    }

    /** As {@link #issueClient(String, Duration)}, of other {@code names} too: DNS names, IP addresses and URIs. */
    public ServingCertificate issueClient(String name, List<String> names, Duration validity) {
        return issue(name, names, KeyPurposeId.id_kp_clientAuth, validity);
    }

    private ServingCertificate issue(String commonName, List<String> names, KeyPurposeId purpose, Duration validity) {
        KeyPair leafKeys = newKeys();
        Instant now = clock.instant();
        Instant wanted = now.plus(validity);
        Instant end = certificate.getNotAfter().toInstant();
        Instant until = wanted.isBefore(end) ? wanted : end;
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    certificate.getSubjectX500Principal(),
                    serial(),
                    Date.from(now.minus(SKEW)),
                    Date.from(until),
                    new X500Principal("CN=" + commonName),
                    leafKeys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(certificate));
            if (!names.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(names));
            }
            return new ServingCertificate(List.of(sign(builder), certificate), leafKeys.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw cannotIssue(commonName, e);
        }
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

    private X509Certificate sign(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    /** Positive, 127 random bits (RFC 5280, section 4.1.2.2, allows up to 20 octets). */
    private BigInteger serial() {
        return new BigInteger(127, random).setBit(0);
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
}
