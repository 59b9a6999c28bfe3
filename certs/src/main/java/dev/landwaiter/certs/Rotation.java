package dev.landwaiter.certs;

import dev.landwaiter.certs.StoredAuthorities.Stored;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rotation of authorities and certificates, as a function: from what stands in the cluster at one moment to the one thing that has to be
 * changed next. Whoever carries that out looks again and asks again; so it does not matter where it was interrupted, and all that has to be
 * remembered between two questions is {@link Settled}.
 *
 * <p>The order keeps the API server's trust ahead of what is served: an authority is stored before it is trusted, trusted everywhere for a while
 * before it signs, and trusted until it has expired.
 */
public final class Rotation {
    /** However little there is to do: what a watch missed is found out. */
    private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(10);
    /** Authorities that are taken over from bundles. */
    private static final int MOST_FOUND = 8;

    private final RotationRules rules;
    private final Observed observed;
    private final Instant now;
    private final StoredAuthorities stored;
    private final StoredAuthorities living;
    private final Settled settled;
    private final @Nullable ServingCertificate leaf;

    private Rotation(RotationRules rules, Observed observed, Settled settled, Instant now) {
        this.rules = rules;
        this.observed = observed;
        this.now = now;
        this.stored = StoredAuthorities.read(observed.authorities().orElse(Map.of()));
        this.living = stored.livingAt(now);
        this.settled = settled.next(living.certificates(), observed, now);
        this.leaf = observed.leaf(now).orElse(null);
    }

    /**
     * What is to be done.
     *
     * @param action the next change; empty where all is as it should be
     * @param settled for the next question
     * @param lookAgain by when to ask again although nothing seems to change
     * @param authorityEnds when the newest authority expires
     * @param certificateEnds when the stored certificate expires
     */
    public record Step(
            Optional<RotationAction> action,
            Settled settled,
            Instant lookAgain,
            Optional<Instant> authorityEnds,
            Optional<Instant> certificateEnds) {}

    /** The next step at {@code now}, where {@code settled} is the last step's. */
    public static Step next(RotationRules rules, Observed observed, Settled settled, Instant now) {
        return new Rotation(rules, observed, settled, now).step();
    }

    private Step step() {
        Optional<RotationAction> action =
                authorities().or(this::trust).or(this::certificate).or(this::retirement);
        return new Step(
                action,
                settled,
                lookAgain(),
                living.issuing().stream()
                        .findFirst()
                        .map(newest -> newest.certificate().getNotAfter().toInstant()),
                Optional.ofNullable(leaf).map(ServingCertificate::notAfter));
    }

    /** An authority that signs for long enough, and all that have to be trusted besides. */
    private Optional<RotationAction> authorities() {
        boolean lost = living.issuing().isEmpty();
        List<Stored> found = foundInBundles(lost || stored.damaged());
        if (lost) {
            return Optional.of(write(withNew(living.with(found)), created()));
        }
        if (stored.damaged() || !found.isEmpty()) {
            return Optional.of(
                    write(
                            living.with(found),
                            stored.damaged()
                                    ? new Reason(
                                            "AuthorityRepaired",
                                            "The authorities' Secret held more than its certificates and keys, or was damaged")
                                    : new Reason(
                                            "AuthorityFound",
                                            "The certificate that is served is signed by another authority, which stays trusted until it is replaced")));
        }
        IssuingAuthority newest = living.issuing().getFirst();
        if (!now.isBefore(rules.due(newest))) {
            return Optional.of(write(
                    withNew(living),
                    new Reason("AuthorityRenewed", "The authority expires at " + end(newest.certificate()))));
        }
        return living.all().size() < stored.all().size()
                ? Optional.of(write(living, new Reason("AuthorityExpired", "An authority has expired")))
                : Optional.empty();
    }

    private record Reason(String word, String why) {}

    private Reason created() {
        if (observed.authorities().isPresent()) {
            return new Reason("AuthorityRepaired", "The authorities' Secret held no authority that can sign");
        }
        return leaf == null && observed.trusted().isEmpty()
                ? new Reason("AuthorityCreated", "There was no authority yet")
                : new Reason("AuthorityLost", "The authorities' Secret was gone, and its keys with it");
    }

    private RotationAction write(StoredAuthorities authorities, Reason reason) {
        return new RotationAction.WriteAuthorities(authorities.entries(), reason.word(), reason.why());
    }

    private StoredAuthorities withNew(StoredAuthorities others) {
        IssuingAuthority created = rules.newAuthority(now);
        return others.with(List.of(new Stored(created.certificate(), created.key())));
    }

    /**
     * Authorities that are trusted and not stored, but whose certificates may still be served: the one that signed what is stored, and, where
     * {@code ours}, all that call themselves as ours do. Nothing that stands in a Secret alone becomes trusted by this.
     */
    private List<Stored> foundInBundles(boolean ours) {
        ServingCertificate served = leaf;
        boolean strange = served != null && !Chains.verifies(served.chain(), living.certificates(), now);
        return observed.trusted().stream()
                .filter(one -> Chains.validAt(one, now))
                .filter(one -> !living.certificates().contains(one))
                .filter(one -> (ours && StoredAuthorities.isNamed(one, rules.subject()))
                        || (strange && served != null && Chains.verifies(served.chain(), List.of(one), now)))
                .sorted(Comparator.comparing(X509Certificate::getNotBefore).reversed())
                .limit(MOST_FOUND)
                .map(one -> new Stored(one, null))
                .toList();
    }

    /** All living authorities, and no others, in every place. */
    private Optional<RotationAction> trust() {
        List<X509Certificate> all = living.certificates();
        return observed.places().stream()
                .filter(place -> !new HashSet<>(place.authorities()).equals(new HashSet<>(all)))
                .findFirst()
                .map(place -> new RotationAction.Trust(
                        all,
                        "BundleWritten",
                        place.empty()
                                ? "There was no caBundle in " + place.where()
                                : "The caBundle was another than it should be in " + place.where()));
    }

    /** A certificate of the newest authority that has settled. */
    private Optional<RotationAction> certificate() {
        Optional<IssuingAuthority> signer = signer();
        return signer.flatMap(signing -> dueBecause(signing).map(reason -> {
            ServingCertificate issued = rules.newCertificate(signing, now);
            return new RotationAction.WriteCertificate(
                    Observed.entries(issued, living.certificates()), reason.word(), reason.why());
        }));
    }

    private Optional<IssuingAuthority> signer() {
        List<IssuingAuthority> signing = living.issuing();
        if (living.all().size() == 1) {
            // no certificate of another one can be served, so there is nothing to wait for
            return signing.stream().findFirst();
        }
        return signing.stream()
                .filter(one -> settled.of(one.certificate())
                        .map(since -> !now.isBefore(since.plus(rules.settling())))
                        .orElse(false))
                .findFirst();
    }

    private Optional<Reason> dueBecause(IssuingAuthority signer) {
        ServingCertificate current = leaf;
        if (current == null) {
            return Optional.of(
                    observed.certificate().isPresent()
                            ? new Reason("CertificateRepaired", "The Secret held no certificate that can be served")
                            : new Reason("CertificateCreated", "There was no Secret with a certificate"));
        }
        if (!Chains.verifies(current.chain(), List.of(signer.certificate()), now)) {
            return Optional.of(
                    new Reason("CertificateRenewed", "The certificate is signed by another authority than the newest"));
        }
        if (!rules.names().stream().allMatch(name -> Chains.isCalled(current.leaf(), name))) {
            return Optional.of(new Reason("CertificateRenewed", "The certificate lacks a name of the service"));
        }
        return !now.isBefore(rules.due(current)) && rules.gains(signer, current, now)
                ? Optional.of(new Reason("CertificateRenewed", "The certificate expires at " + current.notAfter()))
                : Optional.empty();
    }

    /** Keys that sign nothing any more are forgotten: once the certificate is the newest authority's. */
    private Optional<RotationAction> retirement() {
        return signer().map(IssuingAuthority::certificate)
                .filter(newest -> newest.equals(living.issuing().getFirst().certificate()))
                .filter(living::othersSign)
                .map(newest -> write(
                        living.signingOnly(newest),
                        new Reason("AuthorityRetired", "The authority before has signed its last certificate")));
    }

    private Instant lookAgain() {
        Stream<Instant> settling = settled.since().values().stream().map(since -> since.plus(rules.settling()));
        Stream<Instant> ends = living.certificates().stream().map(Rotation::end);
        Stream<Instant> due = Stream.concat(
                living.issuing().stream().map(rules::due),
                Stream.ofNullable(leaf).map(rules::due));
        return Stream.of(settling, ends, due)
                .flatMap(all -> all)
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .filter(now.plus(AT_LEAST_EVERY)::isAfter)
                .orElse(now.plus(AT_LEAST_EVERY));
    }

    private static Instant end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }
}
