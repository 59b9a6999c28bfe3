package dev.landwaiter.sigstore;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a trust root may be the reason why a signature does not count under it, where anything may. */
final class Doubts {
    /** So that a message stays readable, whatever a trust root holds. */
    private static final int MOST_NAMED = 3;
    /** RFC 6962, section 3.3: the list of what certificate logs say. */
    private static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

    private final TrustedRoot root;

    Doubts(TrustedRoot root) {
        this.root = root;
    }

    /** That none of its certificate authorities issued {@code certificate} at {@code time}. */
    TrustRootDoubt issuer(X509Certificate certificate, Instant time) {
        List<CertificateAuthority> named = root.certificateAuthorities().stream()
                .filter(authority -> authority.named(certificate).isPresent())
                .toList();
        if (named.isEmpty()) {
            return of(names(
                    "certificate authority",
                    "certificate authorities",
                    root.certificateAuthorities().stream()
                            .map(authority -> "\""
                                    + Text.shown(authority
                                            .chain()
                                            .first()
                                            .getSubjectX500Principal()
                                            .getName())
                                    + "\"")
                            .toList()));
        }
        List<CertificateAuthority> issuers = named.stream()
                .filter(authority -> issued(authority, certificate))
                .toList();
        if (issuers.isEmpty()) {
            return of("has another key for that certificate authority");
        }
        return of(
                issuers.stream().anyMatch(authority -> authority.validity().contains(time))
                        ? "holds certificates of that authority that were not valid at %s".formatted(time)
                        : "has that certificate authority count from %s"
                                .formatted(issuers.getFirst().validity()));
    }

    private static boolean issued(CertificateAuthority authority, X509Certificate certificate) {
        try {
            X509Certificate issuer = authority.named(certificate).orElseThrow().first();
            certificate.verify(issuer.getPublicKey(), SignatureCheck.PROVIDER);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** That it names no log that {@code certificate} is in, or not for that time; null where the certificate is in none. */
    @Nullable
    TrustRootDoubt certificateLog(X509Certificate certificate) {
        if (!isLogged(certificate)) {
            return null;
        }
        return of(
                root.certificateLogs().isEmpty()
                        ? "names no certificate transparency log, and that certificate is in one"
                        : "names no certificate transparency log that vouches for that certificate, or has it count for another time");
    }

    /** Whether {@code certificate} brings along what a certificate log said of it. */
    static boolean isLogged(X509Certificate certificate) {
        return certificate.getExtensionValue(SCT_LIST) != null;
    }

    /** That it does not know the log of an entry. */
    TrustRootDoubt log() {
        return of(names(
                "transparency log",
                "transparency logs",
                root.logs().stream().map(Log::name).toList()));
    }

    /** That it names no log at all, so that no entry would do; null where it names one. */
    @Nullable
    TrustRootDoubt noLog() {
        return root.logs().isEmpty() ? log() : null;
    }

    /** That {@code log} counts for another time. */
    TrustRootDoubt validity(Log log) {
        return of("has the transparency log %s count from %s".formatted(log.name(), log.validity()));
    }

    /** That it does not know the authority of a timestamp. */
    TrustRootDoubt timestampAuthority() {
        return of(names(
                "timestamp authority",
                "timestamp authorities",
                root.timestampAuthorities().stream()
                        .map(TimestampAuthority::name)
                        .toList()));
    }

    /** That it names no timestamp authority at all, so that no timestamp would do; null where it names one. */
    @Nullable
    TrustRootDoubt noTimestampAuthority() {
        return root.timestampAuthorities().isEmpty() ? timestampAuthority() : null;
    }

    /** That {@code authority} counts for another time. */
    TrustRootDoubt validity(TimestampAuthority authority) {
        return of("has the timestamp authority %s count from %s".formatted(authority.name(), authority.validity()));
    }

    /** That what it holds of {@code authority} was not valid at {@code time}. */
    TrustRootDoubt ended(TimestampAuthority authority, Instant time) {
        return of("holds certificates of the timestamp authority %s that were not valid at %s"
                .formatted(authority.name(), time));
    }

    private TrustRootDoubt of(String what) {
        return new TrustRootDoubt(root, what);
    }

    private static String names(String one, String several, List<String> names) {
        List<String> distinct = names.stream().distinct().toList();
        if (distinct.isEmpty()) {
            return "names no " + one;
        }
        String listed = distinct.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        String more = distinct.size() > MOST_NAMED ? " and %d more".formatted(distinct.size() - MOST_NAMED) : "";
        return "names only the %s %s%s".formatted(distinct.size() == 1 ? one : several, listed, more);
    }
}
