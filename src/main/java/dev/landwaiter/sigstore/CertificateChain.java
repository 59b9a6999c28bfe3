package dev.landwaiter.sigstore;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one authority, as a trust root gives them: its own first, the topmost last. That each was issued by the next is checked
 * once, when the trust root is read, so that a signature costs no more than the check of its own certificate.
 *
 * @param certificates at least one
 */
record CertificateChain(List<X509Certificate> certificates) {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final Pattern WEAK = Pattern.compile("MD[245]|SHA-?1(?![0-9])", Pattern.CASE_INSENSITIVE);

    CertificateChain {
        certificates = List.copyOf(certificates);
    }

    X509Certificate first() {
        return certificates.getFirst();
    }

    /** All but the first {@code steps}, of which there must be more. */
    CertificateChain from(int steps) {
        return steps == 0 ? this : new CertificateChain(certificates.subList(steps, certificates.size()));
    }

    /**
     * Checks that each was issued by the next, at the one time that all have in common, and that those above may issue as many below.
     *
     * @throws GeneralSecurityException where one was not
     */
    void checkLinks() throws GeneralSecurityException {
        Instant latestStart = certificates.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
        int issuers = first().getBasicConstraints() < 0 ? 0 : 1;
        for (int i = 1; i < certificates.size(); i++) {
            if (certificates.get(i).getBasicConstraints() < i - 1 + issuers) {
                throw new CertificateException("certificate %d may not issue that many below it".formatted(i));
            }
            validate(certificates.get(i - 1), certificates.get(i), latestStart);
        }
        checkValidity(latestStart);
    }

    /**
     * Checks that the first issued {@code leaf}, by the rules of PKIX (RFC 5280, section 6) as of {@code time}, when all of the chain must be
     * valid.
     *
     * @throws GeneralSecurityException where it did not
     */
    void checkIssued(X509Certificate leaf, Instant time) throws GeneralSecurityException {
        if (first().getBasicConstraints() < 0) {
            throw new CertificateException("it may issue no certificate");
        }
        checkValidity(time);
        validate(leaf, first(), time);
    }

    /**
     * Checks that all of the chain is valid at {@code time}.
     *
     * @throws GeneralSecurityException where one is not
     */
    void checkValidity(Instant time) throws GeneralSecurityException {
        for (X509Certificate certificate : certificates) {
            certificate.checkValidity(Date.from(time));
        }
    }

    private static void validate(X509Certificate subject, X509Certificate issuer, Instant time)
            throws GeneralSecurityException {
        if (WEAK.matcher(subject.getSigAlgName()).find()) {
            throw new CertificateException("it was signed by the weak algorithm " + subject.getSigAlgName());
        }
        byte[] constraints = nameConstraints(issuer);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(issuer, constraints)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(time));
        validator(constraints)
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(subject)), parameters);
    }

    /** Bouncy Castle's checks signatures faster, see {@link SignatureCheck}; the JDK's alone knows an anchor's name constraints. */
    private static CertPathValidator validator(byte @Nullable [] constraints) throws GeneralSecurityException {
        return constraints == null
                ? CertPathValidator.getInstance("PKIX", SignatureCheck.PROVIDER)
                : CertPathValidator.getInstance("PKIX");
    }

    /** An anchor's own constraints count only where they are given beside it. */
    private static byte @Nullable [] nameConstraints(X509Certificate issuer) {
        byte[] extension = issuer.getExtensionValue(NAME_CONSTRAINTS);
        return extension == null ? null : ASN1OctetString.getInstance(extension).getOctets();
    }
}
