package dev.landwaiter.sigstore;

import dev.sigstore.encryption.certificates.transparency.CTLogInfo;
import dev.sigstore.encryption.certificates.transparency.CTVerificationResult;
import dev.sigstore.encryption.certificates.transparency.CTVerifier;
import dev.sigstore.encryption.certificates.transparency.CertificateEntry;
import dev.sigstore.encryption.certificates.transparency.SerializationException;
import dev.sigstore.encryption.certificates.transparency.SignedCertificateTimestamp;
import dev.sigstore.encryption.certificates.transparency.VerifiedSCT;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A certificate that came with a signature, held against a trust root. */
final class SigningCertificate {
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final int DIGITAL_SIGNATURE = 0;

    private final X509Certificate certificate;
    private final TrustedRoot root;

    SigningCertificate(X509Certificate certificate, TrustedRoot root) {
        this.certificate = certificate;
        this.root = root;
    }

    /**
     * Checks that it held at each of {@code times}, is for signing, and stands in a certificate log.
     *
     * @param times at least one
     * @throws dev.landwaiter.failure.Failure where not
     */
    void check(List<Instant> times) {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getBasicConstraints() >= 0 || usage == null || !usage[DIGITAL_SIGNATURE] || !forCode()) {
            throw Refusal.of("has a certificate that is not for signing code");
        }
        times.forEach(this::checkHeld);
        List<CertificateAuthority> issuers = times.stream().map(this::issuer).toList();
        checkLogged(issuers.getFirst().chain().first());
    }

    private boolean forCode() {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages != null && usages.contains(CODE_SIGNING);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void checkHeld(Instant time) {
        Validity validity = new Validity(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        if (!validity.contains(time)) {
            throw Refusal.of(
                    "was signed at %s, outside the validity of its certificate (%s)".formatted(time, validity));
        }
    }

    private CertificateAuthority issuer(Instant time) {
        List<CertificateAuthority> named = root.certificateAuthorities().stream()
                .filter(authority -> authority.named(certificate))
                .toList();
        for (CertificateAuthority authority : named) {
            if (authority.validity().contains(time) && issued(authority, time)) {
                return authority;
            }
        }
        throw Refusal.of(
                named.isEmpty()
                        ? "has a certificate of \"%s\", which is no certificate authority of the trust root"
                                .formatted(Text.shown(
                                        certificate.getIssuerX500Principal().getName()))
                        : "has a certificate that the certificate authority %s of the trust root did not issue, or not while it counts"
                                .formatted(named.getFirst().name()));
    }

    private boolean issued(CertificateAuthority authority, Instant time) {
        try {
            authority.chain().checkIssued(certificate, time);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * That a log of certificates took it in (RFC 6962), as its embedded SCT says. The SCT names the issuer by its key, so that it is the issuer
     * of the verified chain that counts, and no other of the same name.
     */
    private void checkLogged(X509Certificate issuer) {
        CTVerifier verifier = new CTVerifier(this::certificateLog);
        try {
            CTVerificationResult result =
                    verifier.verifySignedCertificateTimestamps(List.of(certificate, issuer), null, null);
            if (result.getValidSCTs().stream().noneMatch(this::whileItCounts)) {
                throw Refusal.of("has a certificate that no certificate log of the trust root vouches for");
            }
        } catch (GeneralSecurityException e) {
            throw Refusal.of("has a certificate whose certificate log entry can't be read");
        }
    }

    private @Nullable CTLogInfo certificateLog(byte[] id) {
        return logs(id).findFirst().map(KnownLog::new).orElse(null);
    }

    private boolean whileItCounts(VerifiedSCT sct) {
        Instant time = Instant.ofEpochMilli(sct.sct.getTimestamp());
        return logs(sct.sct.getLogID()).anyMatch(log -> log.validity().contains(time));
    }

    private Stream<Log> logs(byte[] id) {
        String hex = HexFormat.of().formatHex(id);
        return root.certificateLogs().stream().filter(log -> log.id().equals(hex));
    }

    /** A certificate log whose signature is checked as every other here. */
    private static final class KnownLog extends CTLogInfo {
        private final Log log;

        KnownLog(Log log) {
            super(log.key(), log.name(), log.name());
            this.log = log;
        }

        @Override
        public VerifiedSCT.Status verifySingleSCT(SignedCertificateTimestamp sct, CertificateEntry entry) {
            try {
                return log.signed(sct.encodeTBS(entry), sct.getSignature().getSignature())
                        ? VerifiedSCT.Status.VALID
                        : VerifiedSCT.Status.INVALID_SIGNATURE;
            } catch (SerializationException e) {
                return VerifiedSCT.Status.INVALID_SCT;
            }
        }
    }
}
