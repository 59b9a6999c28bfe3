package dev.landwaiter.certs;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands in the cluster at one moment.
 *
 * @param authorities the entries of the authorities' Secret; empty where there is no such Secret
 * @param certificate those of the certificate's
 * @param places that say whom the API server trusts; none where nobody is told to call us
 */
public record Observed(
        Optional<Map<String, byte[]>> authorities, Optional<Map<String, byte[]>> certificate, List<TrustPlace> places) {
    static final String CHAIN = "tls.crt";
    static final String KEY = "tls.key";

    public Observed {
        authorities = authorities.map(Map::copyOf);
        certificate = certificate.map(Map::copyOf);
        places = List.copyOf(places);
    }

    /** The certificate and its key, where they can be used. */
    Optional<ServingCertificate> leaf(Instant now) {
        return certificate.flatMap(entries -> {
            try {
                return Optional.of(CertificateCheck.read(
                        entries.getOrDefault(CHAIN, new byte[0]),
                        CHAIN,
                        entries.getOrDefault(KEY, new byte[0]),
                        KEY,
                        now));
            } catch (CertificateInvalid e) {
                // whatever is wrong with it, it is issued anew
                return Optional.empty();
            }
        });
    }

    /** Every authority that is trusted somewhere. */
    List<X509Certificate> trusted() {
        return places.stream()
                .flatMap(place -> place.authorities().stream())
                .distinct()
                .toList();
    }

    /** Whether {@code authority} is trusted in every place. */
    boolean trustedEverywhere(X509Certificate authority) {
        return places.stream().allMatch(place -> place.authorities().contains(authority));
    }

    /** What the certificate's Secret is to hold. */
    static Map<String, byte[]> entries(ServingCertificate leaf, List<X509Certificate> authorities) {
        StringBuilder bundle = new StringBuilder();
        authorities.forEach(authority -> bundle.append(ServingCertificate.pem(authority)));
        return Map.of(
                CHAIN,
                leaf.chainPem().getBytes(StandardCharsets.US_ASCII),
                KEY,
                leaf.keyPem().getBytes(StandardCharsets.US_ASCII),
                StoredAuthorities.CERTIFICATES,
                bundle.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
