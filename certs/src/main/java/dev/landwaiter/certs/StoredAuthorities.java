package dev.landwaiter.certs;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that the API server is to trust, newest first: those that still sign with their keys, and those that only have to be trusted
 * because a certificate of theirs may still be served. A Secret holds them under two keys, all certificates under one and all private keys under
 * the other; which belong together shows in themselves.
 *
 * @param damaged whether the Secret that they were read from holds anything else
 */
record StoredAuthorities(List<Stored> all, boolean damaged) {
    static final String CERTIFICATES = "ca.crt";
    static final String KEYS = "ca.key";

    /** Newest first. Between equals anything that is the same for everybody decides. */
    private static final Comparator<Stored> NEWEST = Comparator.<Stored, Instant>comparing(
                    one -> one.certificate().getNotBefore().toInstant())
            .thenComparing(one -> one.certificate().getNotAfter().toInstant())
            .thenComparing(one -> one.certificate().getSerialNumber())
            .reversed();

    StoredAuthorities {
        all = all.stream().distinct().sorted(NEWEST).toList();
    }

    /**
     * One of them.
     *
     * @param key absent where it signs no more, or its key is lost
     */
    record Stored(X509Certificate certificate, @Nullable PrivateKey key) {
        Optional<IssuingAuthority> issuing() {
            return Optional.ofNullable(key).map(signing -> new IssuingAuthority(certificate, signing));
        }

        Stored withoutKey() {
            return new Stored(certificate, null);
        }

        boolean expired(Instant now) {
            return !now.isBefore(certificate.getNotAfter().toInstant());
        }

        @Override
        public String toString() {
            return certificate.getSubjectX500Principal().getName() + (key == null ? "" : ", which signs");
        }
    }

    /** As much as can be read of a Secret's entries. */
    static StoredAuthorities read(Map<String, byte[]> entries) {
        IntactPem<X509Certificate> certificates =
                IntactPem.certificates(entries.getOrDefault(CERTIFICATES, new byte[0]));
        IntactPem<PrivateKey> keys = IntactPem.keys(entries.getOrDefault(KEYS, new byte[0]));
        List<Stored> all = certificates.values().stream()
                // no authority (RFC 5280, section 4.2.1.9)
                .filter(certificate -> certificate.getBasicConstraints() >= 0)
                .map(certificate -> new Stored(certificate, keyOf(certificate, keys.values())))
                .toList();
        long used = all.stream().filter(one -> one.key() != null).count();
        boolean damaged = certificates.damaged()
                || keys.damaged()
                || all.size() < certificates.values().size()
                || used < keys.values().size();
        return new StoredAuthorities(all, damaged);
    }

    private static @Nullable PrivateKey keyOf(X509Certificate certificate, List<PrivateKey> keys) {
        for (PrivateKey key : keys) {
            if (belong(certificate, key)) {
                return key;
            }
        }
        return null;
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) {
        try {
            CertificateCheck.checkMatch(certificate, "", key, "");
            return true;
        } catch (CertificateInvalid e) {
            // it is another's
            return false;
        }
    }

    /** What a Secret is to hold: keys are secret. */
    Map<String, byte[]> entries() {
        String certificates = all.stream()
                .map(one -> ServingCertificate.pem(one.certificate()))
                .collect(Collectors.joining());
        String keys = all.stream()
                .flatMap(one -> Stream.ofNullable(one.key()))
                .map(ServingCertificate::keyPem)
                .collect(Collectors.joining());
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(CERTIFICATES, certificates.getBytes(StandardCharsets.US_ASCII));
        entries.put(KEYS, keys.getBytes(StandardCharsets.US_ASCII));
        return entries;
    }

    List<X509Certificate> certificates() {
        return all.stream().map(Stored::certificate).toList();
    }

    /** Those that sign. */
    List<IssuingAuthority> issuing() {
        return all.stream().flatMap(one -> one.issuing().stream()).toList();
    }

    /** Without those that have expired. */
    StoredAuthorities livingAt(Instant now) {
        return new StoredAuthorities(
                all.stream().filter(one -> !one.expired(now)).toList(), damaged);
    }

    /** With others besides. */
    StoredAuthorities with(List<Stored> more) {
        return new StoredAuthorities(Stream.concat(all.stream(), more.stream()).toList(), false);
    }

    /** Of which {@code one} alone signs. */
    StoredAuthorities signingOnly(X509Certificate one) {
        return new StoredAuthorities(
                all.stream()
                        .map(each -> each.certificate().equals(one) ? each : each.withoutKey())
                        .toList(),
                false);
    }

    /** Whether one of them that is not {@code one} signs. */
    boolean othersSign(X509Certificate one) {
        return issuing().stream().anyMatch(each -> !each.certificate().equals(one));
    }

    /** Whether {@code certificate} is an authority that calls itself {@code subject}. */
    static boolean isNamed(X509Certificate certificate, X500Principal subject) {
        return certificate.getBasicConstraints() >= 0
                && certificate.getSubjectX500Principal().equals(subject);
    }
}
