package dev.landwaiter.testregistry;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority as Fulcio is one: a root, an intermediate, leaves that live ten minutes and carry the word of a certificate log.
 *
 * @see <a href="https://github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md">Fulcio's certificates</a>
 */
public final class TestFulcio {
    /** How long a leaf is valid. */
    public static final Duration LIFE = Duration.ofMinutes(10);

    private static final String ARC = "1.3.6.1.4.1.57264.1.";
    private static final ASN1ObjectIdentifier SCT_LIST = new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");
    private static final int LAST_RAW_EXTENSION = 6;
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    private final KeyPair rootKeys = SigningKey.p256().keys();
    private final KeyPair keys = SigningKey.p256().keys();
    private final SigningKey certificateLog = SigningKey.p256();
    private final X500Name name;
    private final List<X509Certificate> chain;

    /** One that has been there since {@code start}. */
    TestFulcio(String organization, Instant start) {
        X500Name rootName = new X500Name("O=%s,CN=%s root".formatted(organization, organization));
        this.name = new X500Name("O=%s,CN=%s intermediate".formatted(organization, organization));
        X509Certificate root = authority(rootName, rootKeys, rootName, rootKeys.getPublic(), start);
        this.chain = List.of(authority(rootName, rootKeys, name, keys.getPublic(), start), root);
    }

    /** A certificate in DER for the intermediate of {@code other}, as an authority below this one's. */
    public byte[] certify(TestFulcio other) {
        X509Certificate below = authority(
                name,
                keys,
                other.name,
                other.keys.getPublic(),
                chain.getFirst().getNotBefore().toInstant());
        return PrivateSigstore.encoded(below);
    }

    /** The intermediate, then the root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    public SigningKey certificateLog() {
        return certificateLog;
    }

    /** A certificate of {@code identity} for {@code key}, valid from {@code now}. */
    public X509Certificate issue(PublicKey key, SigningIdentity identity, Instant now) {
        return issue(key, now, builder -> addIdentity(builder, identity));
    }

    /** A certificate like Fulcio's, with whatever else {@code extensions} says. */
    public X509Certificate issue(PublicKey key, Instant now, Extensions extensions) {
        return issue(key, now, certificateLog, extensions);
    }

    /** As {@link #issue(PublicKey, Instant, Extensions)}, vouched for by another certificate log. */
    public X509Certificate issue(PublicKey key, Instant now, SigningKey log, Extensions extensions) {
        return issue(key, now, extensions, builder -> {
            byte[] withoutSct = builder.build(signer(keys))
                    .toASN1Structure()
                    .getTBSCertificate()
                    .getEncoded();
            builder.addExtension(SCT_LIST, false, new DEROctetString(sctList(withoutSct, now, log)));
        });
    }

    /** As {@link #issue(PublicKey, SigningIdentity, Instant)}, by a Fulcio without a certificate log: GitHub's for private repositories is one. */
    public X509Certificate issueUnlogged(PublicKey key, SigningIdentity identity, Instant now) {
        return issue(key, now, builder -> addIdentity(builder, identity), _ -> {});
    }

    private X509Certificate issue(PublicKey key, Instant now, Extensions extensions, Extensions last) {
        JcaX509v3CertificateBuilder builder = builder(name, now, LIFE, new X500Name(new RDN[0]), key);
        return build(builder, keys, () -> {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
            extensions.addTo(builder);
            last.addTo(builder);
        });
    }

    /** What {@code identity} says, as Fulcio writes it. */
    public static void addIdentity(X509v3CertificateBuilder builder, SigningIdentity identity) throws IOException {
        builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(subject(identity.subject())));
        builder.addExtension(oid(1), false, identity.issuer().getBytes(StandardCharsets.UTF_8));
        builder.addExtension(oid(8), false, new DERUTF8String(identity.issuer()));
        for (var extension : identity.extensions().entrySet()) {
            if (extension.getKey() <= LAST_RAW_EXTENSION) {
                builder.addExtension(
                        oid(extension.getKey()), false, extension.getValue().getBytes(StandardCharsets.UTF_8));
            } else {
                builder.addExtension(oid(extension.getKey()), false, new DERUTF8String(extension.getValue()));
            }
        }
    }

    /** The OID of Fulcio's extension {@code number}. */
    public static ASN1ObjectIdentifier oid(int number) {
        return new ASN1ObjectIdentifier(ARC + number);
    }

    private static GeneralName subject(String subject) {
        if (subject.contains("://")) {
            return new GeneralName(GeneralName.uniformResourceIdentifier, subject);
        }
        ASN1Encodable otherName = new OtherName(oid(7), new DERUTF8String(subject));
        return subject.contains("@")
                ? new GeneralName(GeneralName.rfc822Name, subject)
                : new GeneralName(GeneralName.otherName, otherName);
    }

    /** RFC 6962, section 3.3: a list of one SCT. */
    private byte[] sctList(byte[] withoutSct, Instant time, SigningKey log) throws IOException {
        byte[] issuerKeyHash = sha256(keys.getPublic().getEncoded());
        byte[] signature = log.sign(struct(out -> {
            out.writeByte(0); // v1
            out.writeByte(0); // certificate_timestamp
            out.writeLong(time.toEpochMilli());
            out.writeShort(1); // precert_entry
            out.write(issuerKeyHash);
            out.writeByte(withoutSct.length >> 16);
            out.writeShort(withoutSct.length);
            out.write(withoutSct);
            out.writeShort(0); // no extensions
        }));
        byte[] sct = struct(out -> {
            out.writeByte(0);
            out.write(sha256(log.keys().getPublic().getEncoded()));
            out.writeLong(time.toEpochMilli());
            out.writeShort(0);
            out.writeByte(4); // SHA-256
            out.writeByte(3); // ECDSA
            out.writeShort(signature.length);
            out.write(signature);
        });
        return struct(out -> {
            out.writeShort(sct.length + 2);
            out.writeShort(sct.length);
            out.write(sct);
        });
    }

    private X509Certificate authority(X500Name issuer, KeyPair by, X500Name subject, PublicKey key, Instant start) {
        JcaX509v3CertificateBuilder builder = builder(issuer, start, AUTHORITY_LIFE, subject, key);
        return build(builder, by, () -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        });
    }

    static JcaX509v3CertificateBuilder builder(
            X500Name issuer, Instant start, Duration life, X500Name subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, new SecureRandom()).add(BigInteger.ONE),
                Date.from(start),
                Date.from(start.plus(life)),
                subject,
                key);
    }

    static X509Certificate build(X509v3CertificateBuilder builder, KeyPair by, Step extensions) {
        try {
            extensions.run();
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(by)));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("could not issue a test certificate", e);
        }
    }

    private static ContentSigner signer(KeyPair by) throws OperatorCreationException {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate());
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] struct(Struct struct) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        struct.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    /** What a certificate says beside its name and key. */
    @FunctionalInterface
    public interface Extensions {
        void addTo(X509v3CertificateBuilder builder) throws IOException, OperatorCreationException;
    }

    @FunctionalInterface
    interface Step {
        void run() throws IOException, OperatorCreationException;
    }

    @FunctionalInterface
    private interface Struct {
        void write(DataOutputStream out) throws IOException;
    }
}
