package dev.landwaiter.certs;

import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a client that trusts certain authorities accepts a server's chain: as kube-apiserver asks it, with the rules of Go's crypto/x509. */
public final class Chains {
    /** RFC 5280, section 4.2.1.6: the choices of GeneralName. */
    private static final int DNS = 2;

    private static final int ADDRESS = 7;

    private Chains() {}

    /**
     * Whether the leaf of {@code chain} leads to one of {@code authorities} at {@code now}, every certificate on the way being valid then: Go
     * checks the authority's own validity too, which Java does not.
     */
    public static boolean verifies(List<X509Certificate> chain, Collection<X509Certificate> authorities, Instant now) {
        X509Certificate leaf = chain.getFirst();
        if (!validAt(leaf, now)) {
            return false;
        }
        if (authorities.contains(leaf)) {
            // a certificate that signed itself, and is trusted as it is
            return true;
        }
        Set<TrustAnchor> anchors = authorities.stream()
                .filter(authority -> validAt(authority, now))
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        if (anchors.isEmpty()) {
            return false;
        }
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(leaf);
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            return CertPathBuilder.getInstance("PKIX").build(parameters) != null;
        } catch (GeneralSecurityException e) {
            // there is no such path
            return false;
        }
    }

    /** Whether {@code certificate} is valid at {@code now}, by its dates alone. */
    public static boolean validAt(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && now.isBefore(certificate.getNotAfter().toInstant());
    }

    /** Whether {@code leaf} is a server's that is called {@code name}: a DNS name or an IP address. */
    public static boolean isCalled(X509Certificate leaf, String name) {
        try {
            Collection<List<?>> all = leaf.getSubjectAlternativeNames();
            Optional<InetAddress> address = address(name);
            return all != null
                    && all.stream()
                            .anyMatch(one -> address.map(wanted -> ofKind(one, ADDRESS)
                                            .flatMap(Chains::address)
                                            .filter(wanted::equals)
                                            .isPresent())
                                    .orElseGet(() -> ofKind(one, DNS)
                                            .filter(pattern -> matches(pattern, name))
                                            .isPresent()));
        } catch (CertificateParsingException e) {
            // names that cannot be read name nobody
            return false;
        }
    }

    private static Optional<String> ofKind(List<?> name, int kind) {
        @Nullable Object value = name.get(1);
        return Integer.valueOf(kind).equals(name.get(0)) && value instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A wildcard stands for the first label alone. */
    private static boolean matches(String pattern, String name) {
        String wanted = pattern.toLowerCase(Locale.ROOT);
        String asked = name.toLowerCase(Locale.ROOT);
        int dot = asked.indexOf('.');
        return wanted.equals(asked)
                || (wanted.startsWith("*.") && dot > 0 && wanted.substring(1).equals(asked.substring(dot)));
    }
}
