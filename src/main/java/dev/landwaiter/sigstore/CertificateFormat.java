package dev.landwaiter.sigstore;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** X.509 certificates from outside, in DER, and the PEM that they come in. */
final class CertificateFormat {
    private static final Pattern BLOCK = Pattern.compile(
            "\\s*-----BEGIN ([A-Z ]{1,40})-----\\s([A-Za-z0-9+/=\\s]*+)-----END ([A-Z ]{1,40})-----\\s*");

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

    /**
     * What a PEM text holds, one block after another and nothing between them.
     *
     * @param label {@code CERTIFICATE} or {@code PUBLIC KEY}
     */
    record Block(String label, byte[] der) {}

    /** The blocks of {@code pem}; empty where it is not PEM throughout. */
    static List<Block> blocks(byte[] pem) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        int end = 0;
        while (end < pem.length) {
            if (!block.find(end) || block.start() != end || !block.group(1).equals(block.group(3))) {
                return List.of();
            }
            try {
                blocks.add(new Block(
                        block.group(1),
                        Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""))));
            } catch (IllegalArgumentException e) {
                return List.of();
            }
            end = block.end();
        }
        return blocks;
    }
}
