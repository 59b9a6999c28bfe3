package dev.landwaiter.certs;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys from PEM (RFC 7468): PKCS#8, PKCS#1 and SEC 1 keys; other blocks in between are skipped. */
public final class PemReader {
    private PemReader() {}

    /**
     * The certificates of {@code pem}, in its order; at least one.
     *
     * @param where to call it in messages
     * @throws CertificateInvalid where there is none, or one is damaged
     */
    public static List<X509Certificate> certificates(byte[] pem, String where) {
        List<X509Certificate> found = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try (PEMParser parser = parser(pem)) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof X509CertificateHolder holder) {
                    found.add(converter.getCertificate(holder));
                }
            }
        } catch (IOException | CertificateException | RuntimeException e) {
            throw unreadable("certificate", where, e);
        }
        if (found.isEmpty()) {
            throw new CertificateInvalid(
                    "Could not read certificate %s: no CERTIFICATE block is in it. Give a PEM file that holds the certificate and what signed it, leaf first."
                            .formatted(where));
        }
        return found;
    }

    /** The first private key of {@code pem}. */
    static PrivateKey privateKey(byte[] pem, String where) {
        try (PEMParser parser = parser(pem)) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                PrivateKeyInfo info = keyInfo(block, where);
                if (info != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        } catch (CertificateInvalid e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable("private key", where, e);
        }
        throw new CertificateInvalid(
                "Could not read private key %s: no PRIVATE KEY block is in it. Give a PEM file with a key in PKCS#8, PKCS#1 or SEC 1 form."
                        .formatted(where));
    }

    private static @Nullable PrivateKeyInfo keyInfo(Object block, String where) {
        return switch (block) {
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PrivateKeyInfo info -> info;
            case PEMEncryptedKeyPair encrypted -> throw encrypted(where);
            case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted(where);
            default -> null;
        };
    }

    private static CertificateInvalid encrypted(String where) {
        return new CertificateInvalid(
                "Could not read private key %s: it is encrypted, and there is nobody to type a password. Give it unencrypted, readable by this process alone."
                        .formatted(where));
    }

    private static CertificateInvalid unreadable(String what, String where, Exception cause) {
        // a parser's words on a broken key may quote it, so only the kind of error is told
        String why = cause instanceof PEMException || cause instanceof IOException
                ? "it is not well-formed PEM"
                : "its content cannot be decoded (%s)"
                        .formatted(cause.getClass().getSimpleName());
        return new CertificateInvalid(
                "Could not read %s %s: %s. Check that the file is complete.".formatted(what, where, why), cause);
    }

    private static PEMParser parser(byte[] pem) {
        return new PEMParser(new StringReader(new String(pem, StandardCharsets.US_ASCII)));
    }
}
