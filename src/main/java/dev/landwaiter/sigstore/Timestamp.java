package dev.landwaiter.sigstore;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.RuntimeOperatorException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * A signed timestamp over a signature.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3161">RFC 3161</a>
 */
final class Timestamp {
    private static final Map<ASN1ObjectIdentifier, String> HASHES = Map.of(
            NISTObjectIdentifiers.id_sha256, "sha256",
            NISTObjectIdentifiers.id_sha384, "sha384",
            NISTObjectIdentifiers.id_sha512, "sha512");

    private final TimeStampToken token;

    private Timestamp(TimeStampToken token) {
        this.token = token;
    }

    /** Reads a timestamp authority's response in DER. */
    static Timestamp parse(byte[] der) {
        try {
            TimeStampResponse response = new TimeStampResponse(der);
            TimeStampToken token = response.getTimeStampToken();
            boolean granted =
                    response.getStatus() == PKIStatus.GRANTED || response.getStatus() == PKIStatus.GRANTED_WITH_MODS;
            if (!granted || token == null) {
                throw Refusal.of("has a timestamp that was not granted");
            }
            return new Timestamp(token);
        } catch (TSPException | IOException | IllegalArgumentException e) {
            throw Refusal.of("has a timestamp that can't be read");
        }
    }

    /** When it says that it was made: before {@link #check} anybody's word. */
    Instant stated() {
        return token.getTimeStampInfo().getGenTime().toInstant();
    }

    /** The certificate that it says it is by, among those of {@code authority}; empty where it is by somebody else. */
    Optional<X509Certificate> signer(TimestampAuthority authority) {
        return authority.signer().isPresent()
                ? authority.signer().filter(this::isBy)
                : brought()
                        .filter(certificate -> authority
                                .chain()
                                .first()
                                .getSubjectX500Principal()
                                .equals(certificate.getIssuerX500Principal()));
    }

    private boolean isBy(X509Certificate certificate) {
        try {
            return token.getSID().match(new JcaX509CertificateHolder(certificate));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private Optional<X509Certificate> brought() {
        try {
            for (X509CertificateHolder holder : token.getCertificates().getMatches(null)) {
                if (token.getSID().match(holder)) {
                    return CertificateFormat.decode(holder.getEncoded());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Checks that {@code authority} made it with {@code signer}, over {@code signature}, while it counts; gives when.
     *
     * @param doubts about the trust root that {@code authority} is of
     * @throws dev.landwaiter.failure.Failure where it did not
     */
    Instant check(TimestampAuthority authority, X509Certificate signer, byte[] signature, Doubts doubts) {
        String hash = HASHES.getOrDefault(token.getTimeStampInfo().getMessageImprintAlgOID(), "");
        byte[] imprint = Hashing.of(hash, signature)
                .orElseThrow(() -> Refusal.of("has a timestamp that is not over a SHA-2 hash"));
        if (!Arrays.equals(imprint, token.getTimeStampInfo().getMessageImprintDigest())) {
            throw Refusal.of("has a timestamp for another signature");
        }
        try {
            token.validate(new JcaSimpleSignerInfoVerifierBuilder()
                    .setProvider(SignatureCheck.PROVIDER)
                    .build(signer));
        } catch (TSPException | OperatorCreationException | RuntimeOperatorException | IllegalArgumentException e) {
            throw Refusal.of(
                    "has a timestamp that was not signed by the timestamp authority %s".formatted(authority.name()));
        }
        Instant time = stated();
        if (!authority.validity().contains(time)) {
            throw Refusal.of(
                    "has a timestamp of %s by the timestamp authority %s, which counts from %s"
                            .formatted(time, authority.name(), authority.validity()),
                    doubts.validity(authority));
        }
        try {
            authority.check(signer, time);
            return time;
        } catch (GeneralSecurityException e) {
            throw Refusal.of(
                    "has a timestamp of %s, when the certificate of the timestamp authority %s did not hold"
                            .formatted(time, authority.name()),
                    doubts.ended(authority, time));
        }
    }
}
