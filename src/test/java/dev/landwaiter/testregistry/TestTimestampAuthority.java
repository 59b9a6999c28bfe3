package dev.landwaiter.testregistry;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/** A timestamp authority by RFC 3161, which gives every request the time it is told to. */
public final class TestTimestampAuthority {
    private static final Duration LIFE = Duration.ofDays(3650);
    private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.2");

    private final KeyPair rootKeys = SigningKey.p256().keys();
    private final KeyPair keys = SigningKey.p256().keys();
    private final List<X509Certificate> chain;

    /** One that has been there since {@code start}. */
    TestTimestampAuthority(String organization, Instant start) {
        X500Name rootName = new X500Name("O=%s,CN=%s timestamp root".formatted(organization, organization));
        X500Name name = new X500Name("O=%s,CN=%s timestamps".formatted(organization, organization));
        JcaX509v3CertificateBuilder root = TestFulcio.builder(rootName, start, LIFE, rootName, rootKeys.getPublic());
        JcaX509v3CertificateBuilder leaf = TestFulcio.builder(rootName, start, LIFE, name, keys.getPublic());
        this.chain = List.of(
                TestFulcio.build(leaf, rootKeys, () -> {
                    leaf.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                    leaf.addExtension(
                            Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
                }),
                TestFulcio.build(root, rootKeys, () -> {
                    root.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
                    root.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
                }));
    }

    /** The certificate that signs, then the root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** A response over {@code signature}, made at {@code time}; with the signer's certificate in it where {@code embedded}. */
    public byte[] stamp(byte[] signature, Instant time, boolean embedded) {
        try {
            TimeStampTokenGenerator generator = new TimeStampTokenGenerator(
                    new JcaSimpleSignerInfoGeneratorBuilder()
                            .build("SHA256withECDSA", keys.getPrivate(), chain.getFirst()),
                    new JcaDigestCalculatorProviderBuilder()
                            .build()
                            .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
                    POLICY);
            generator.addCertificates(new JcaCertStore(List.of(chain.getFirst())));
            TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
            requests.setCertReq(embedded);
            TimeStampRequest request = requests.generate(TSPAlgorithms.SHA256, TestFulcio.sha256(signature));
            TimeStampResponse response = new TimeStampResponseGenerator(generator, TSPAlgorithms.ALLOWED)
                    .generate(request, BigInteger.ONE, Date.from(time));
            return response.getEncoded();
        } catch (GeneralSecurityException | OperatorCreationException | TSPException | IOException e) {
            throw new IllegalStateException("could not make a timestamp", e);
        }
    }
}
