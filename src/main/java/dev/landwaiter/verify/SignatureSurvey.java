package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.util.List;
import java.util.Set;

/** Lists what lies beside an image and who is said to have made it. It verifies nothing: it is for people, never for a decision. */
public final class SignatureSurvey {
    /** Any one has attestations of the old form looked for, and all types are listed. */
    private static final Set<String> EVERY_TYPE = Set.of("https://slsa.dev/provenance/v1");

    private final RegistrySignatureFinder finder;

    public SignatureSurvey(ArtifactFetcher artifacts, Limits limits) {
        this.finder = new RegistrySignatureFinder(artifacts, limits);
    }

    /**
     * What was found in the image's own repository.
     *
     * @param sightings in a fixed order: the old form's, then the referrers', each as the registry lists them
     * @param failures of what could not be read
     */
    public record Survey(List<Sighting> sightings, List<Failure> failures) {
        public Survey {
            sightings = List.copyOf(sightings);
            failures = List.copyOf(failures);
        }
    }

    /** What lies beside the digest that {@code image}'s reference names; of an index, beside the index. Never throws for what a registry did. */
    public Survey of(Image image, Keychain.Found credential, Deadline deadline) {
        Signatures found = finder.find(Place.own(image.reference(), credential), image.digest(), EVERY_TYPE, deadline);
        return new Survey(found.claims().stream().map(SignatureSurvey::sighting).toList(), found.failures());
    }

    private static Sighting sighting(Claim claim) {
        return switch (claim) {
            case Claim.Signature signature ->
                new Sighting.Found(
                        signature.where(),
                        signature.format(),
                        null,
                        signature.bundle().stated());
            case Claim.Attested attested ->
                new Sighting.Found(
                        attested.where(),
                        attested.format(),
                        attested.predicateType(),
                        attested.bundle().stated());
            case Claim.Defective(String where, String why, String _) -> new Sighting.Other(where, why);
            case Claim.Unrelated(String where, String what) -> new Sighting.Other(where, "is " + what);
            case Claim.Unread(String where, int number) ->
                new Sighting.Other(
                        where, "has %d more, which state to be something else and were not read".formatted(number));
        };
    }
}
