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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

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
     * Checks that whoever it says issued it is an authority of the trust root: where not, no witness would be of any use.
     *
     * @throws dev.landwaiter.failure.Failure where not
     */
    void checkNamed() {
        if (root.instances().stream().noneMatch(instance -> instance.named(certificate))) {
            throw Refusal.of(
                    "has a certificate of \"%s\", which is not a certificate authority of the trust root"
                            .formatted(Text.shown(
                                    certificate.getIssuerX500Principal().getName())),
                    new Doubts(root)
                            .issuer(certificate, certificate.getNotBefore().toInstant()));
        }
    }

    /**
     * Checks that it held at each of {@code times}, is for signing, and stands in a certificate log, after {@link #checkNamed}.
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
        List<List<Issuer>> issuers = times.stream().map(this::issuers).toList();
        checkLogged(issuers.getFirst());
    }

    /**
     * Who may have issued it.
     *
     * @param chain begins with whoever goes by the issuer's name
     */
    private record Issuer(CertificateAuthority authority, CertificateChain chain, SigstoreInstance instance) {}

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

    /** At least one; more where a trust root names one authority twice. */
    private List<Issuer> issuers(Instant time) {
        List<Issuer> named = new ArrayList<>();
        for (SigstoreInstance instance : root.instances()) {
            for (CertificateAuthority authority : instance.certificateAuthorities()) {
                authority.named(certificate).ifPresent(chain -> named.add(new Issuer(authority, chain, instance)));
            }
        }
        List<Issuer> issuers = named.stream()
                .filter(issuer -> issuer.authority().validity().contains(time) && issued(issuer.chain(), time))
                .toList();
        if (issuers.isEmpty()) {
            throw Refusal.of(
                    "has a certificate that the certificate authority %s of the trust root did not issue, or not while it counts"
                            .formatted(named.getFirst().authority().name()),
                    new Doubts(root).issuer(certificate, time));
        }
        return issuers;
    }

    private boolean issued(CertificateChain chain, Instant time) {
        try {
            chain.checkIssued(certificate, time);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * That a log of certificates took it in (RFC 6962), as its embedded SCT says. The SCT names the issuer by its key, so that it is the issuer
     * of the verified chain that counts, and no other of the same name. An instance that has no such log can't be asked for its word; but where the
     * certificate is in one all the same, the trust root lacks it.
     */
    private void checkLogged(List<Issuer> issuers) {
        boolean asked = issuers.stream().anyMatch(issuer -> issuer.instance().certificateLogged());
        if (!asked && !Doubts.isLogged(certificate)) {
            return;
        }
        List<Log> logs = issuers.stream()
                .flatMap(issuer -> issuer.instance().certificateLogs().stream())
                .toList();
        if (!vouched(issuers.getFirst().chain().first(), logs)) {
            throw Refusal.of(
                    "has a certificate that no certificate log of the trust root vouches for",
                    new Doubts(root).certificateLog(certificate));
        }
    }

    private boolean vouched(X509Certificate issuer, List<Log> logs) {
        CTVerifier verifier = new CTVerifier(
                id -> named(logs, id).findFirst().map(KnownLog::new).orElse(null));
        try {
            CTVerificationResult result =
                    verifier.verifySignedCertificateTimestamps(List.of(certificate, issuer), null, null);
            return result.getValidSCTs().stream().anyMatch(sct -> {
                Instant time = Instant.ofEpochMilli(sct.sct.getTimestamp());
                return named(logs, sct.sct.getLogID())
                        .anyMatch(log -> log.validity().contains(time));
            });
        } catch (GeneralSecurityException e) {
            throw Refusal.of("has a certificate whose certificate log entry can't be read");
        }
    }

    private static Stream<Log> named(List<Log> logs, byte[] id) {
        String hex = HexFormat.of().formatHex(id);
        return logs.stream().filter(log -> log.id().equals(hex));
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
