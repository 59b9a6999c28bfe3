package dev.landwaiter.sigstore;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Public keys of the kinds that sigstore signs with, and no others. A key may come from whoever attacks us, so that what would make a check
 * of a signature slow or meaningless is refused: RSA beyond measure, curves with parameters of their own, points beside the curve.
 */
public final class PublicKeyFormat {
    public static final int MIN_RSA_BITS = 2048;
    /** A larger modulus costs more to verify with than anyone has a use for. */
    public static final int MAX_RSA_BITS = 8192;
    /** Everybody uses 65537; an exponent as long as the modulus makes each check some hundred times as slow. */
    private static final int MAX_RSA_EXPONENT_BITS = 32;

    private static final Map<String, String> ALGORITHMS = Map.of(
            X9ObjectIdentifiers.id_ecPublicKey.getId(), "EC",
            PKCSObjectIdentifiers.rsaEncryption.getId(), "RSA",
            EdECObjectIdentifiers.id_Ed25519.getId(), "Ed25519");

    private PublicKeyFormat() {}

    /** Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1); empty where it is damaged, or of a kind that does not count. */
    static Optional<PublicKey> decode(byte[] der) {
        try {
            String kind = SubjectPublicKeyInfo.getInstance(der)
                    .getAlgorithm()
                    .getAlgorithm()
                    .getId();
            String algorithm = ALGORITHMS.get(kind);
            if (algorithm == null) {
                return Optional.empty();
            }
            PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
            return sound(key) ? Optional.of(SignatureCheck.fast(key)) : Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reads PKCS #1's RSAPublicKey, as the oldest logs have it; as {@link #decode}. */
    static Optional<PublicKey> decodePkcs1(byte[] der) {
        return decode(ofPkcs1(der));
    }

    /** The SubjectPublicKeyInfo around PKCS #1's RSAPublicKey, which is not looked into. */
    public static byte[] ofPkcs1(byte[] der) {
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), der)
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException("bytes can be written to memory", e);
        }
    }

    /** Whether a signature by {@code key} is worth checking; of RSA see {@link #MIN_RSA_BITS} and {@link #MAX_RSA_BITS}. */
    public static boolean sound(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                rsa.getModulus().bitLength() >= MIN_RSA_BITS
                        && rsa.getModulus().bitLength() <= MAX_RSA_BITS
                        && rsa.getPublicExponent().bitLength() <= MAX_RSA_EXPONENT_BITS;
            case ECPublicKey ec -> onKnownCurve(ec.getParams(), ec.getW());
            case EdECPublicKey ed25519 -> ed25519.getParams().getName().equals("Ed25519");
            default -> false;
        };
    }

    /** The JDK knows no curve of 256, 384 or 521 bits over a prime but NIST's, and reads no explicit parameters. */
    private static boolean onKnownCurve(ECParameterSpec parameters, ECPoint point) {
        int bits = parameters.getOrder().bitLength();
        EllipticCurve curve = parameters.getCurve();
        if ((bits != 256 && bits != 384 && bits != 521)
                || point.equals(ECPoint.POINT_INFINITY)
                || !(curve.getField() instanceof ECFieldFp field)) {
            return false;
        }
        BigInteger p = field.getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        if (x.signum() < 0 || x.compareTo(p) >= 0 || y.signum() < 0 || y.compareTo(p) >= 0) {
            return false;
        }
        BigInteger right =
                x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
        return y.multiply(y).mod(p).equals(right);
    }
}
