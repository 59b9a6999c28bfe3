package dev.landwaiter.verify;

import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Source;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Says where an authority's signatures of an image are, and what to show there. */
final class Places {
    private final SourceKeychains keychains;

    Places(SourceKeychains keychains) {
        this.keychains = keychains;
    }

    /**
     * The places of {@code authority}: the sources that it names, else the image's own repository.
     *
     * @throws dev.landwaiter.failure.Failure where the Secrets of a source could not be read
     */
    List<Place> of(Authority.Signing authority, Image image, Keychain.Found credential, Deadline deadline) {
        List<Source> sources = authority.terms().sources();
        if (sources.isEmpty()) {
            return List.of(Place.own(image.reference(), credential));
        }
        List<Place> places = new ArrayList<>(sources.size());
        for (Source source : sources) {
            places.add(of(source, image, credential, deadline));
        }
        return places;
    }

    private Place of(Source source, Image image, Keychain.Found credential, Deadline deadline) {
        ImageReference repository =
                source.repository().isEmpty() ? image.reference() : ImageReference.parse(source.repository());
        String prefix = source.tagPrefix() == null ? "" : source.tagPrefix();
        if (!source.signaturePullSecrets().isEmpty()) {
            return new Place(repository, keychains.of(source).find(repository, deadline), prefix, source);
        }
        boolean sameRegistry = repository.registry().equals(image.reference().registry());
        // the image's credential is for the image's registry, and never shown to another
        Keychain.Found shown = sameRegistry
                ? credential
                : Keychain.Found.anonymous(
                        List.of("the policy names no signaturePullSecrets for " + repository.name()));
        return new Place(repository, shown, prefix, null);
    }

    /** The same place with each of the credentials that match it, in the order in which they are to be tried. */
    static List<Place> inTurn(Place place) {
        return place.credential().inTurn().stream().map(place::with).toList();
    }

    /** The same place with what its Secrets hold now, as {@link #inTurn}; none where that is what they held before, or where it has none. */
    List<Place> refreshed(Place place, Deadline deadline) {
        Source source = place.source();
        if (source == null) {
            return List.of();
        }
        Keychain.Found fresh = keychains.of(source).refresh(place.repository(), deadline);
        Set<CredentialIdentity> before = identities(place.credential());
        return inTurn(place.with(fresh)).stream()
                .filter(one -> !before.contains(one.credential().credential().identity()))
                .toList();
    }

    private static Set<CredentialIdentity> identities(Keychain.Found found) {
        return found.inTurn().stream()
                .map(one -> one.credential().identity())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whose credentials could see what a verdict on {@code policy} rests on, besides the image's: {@code ""} where nobody else's. */
    String identity(ImagePolicy policy, Image image, Keychain.Found credential, Deadline deadline) {
        StringBuilder identity = new StringBuilder();
        for (Authority authority : policy.authorities()) {
            if (authority instanceof Authority.Signing signing
                    && !signing.terms().sources().isEmpty()) {
                for (Place place : of(signing, image, credential, deadline)) {
                    identities(place.credential())
                            .forEach(one -> identity.append(one).append('\n'));
                }
            }
        }
        return identity.toString();
    }
}
