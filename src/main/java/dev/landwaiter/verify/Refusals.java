package dev.landwaiter.verify;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Identity;
import dev.landwaiter.policy.TextMatch;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.KeySignature;
import dev.landwaiter.sigstore.Signer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells a person in one line why an image is refused, and what to do. */
final class Refusals {
    /** So that a message stays readable, whatever a policy or an image brings. */
    private static final int MOST_NAMED = 4;
    /** Of a digest that the message has in full before. */
    private static final int SHORT = 12;
    /** Of a text of a certificate or a policy. */
    private static final int QUOTED = 200;

    private final ImageReference subject;
    private final int threshold;
    private final List<Opinion.Passed> passed;
    private final List<Opinion.Refused> refused;

    /**
     * @param subject the repository by the digest
     * @param threshold how many authorities must pass
     * @param refused at least one, none of them {@link Opinion.Unreadable}
     */
    Refusals(ImageReference subject, int threshold, List<Opinion.Passed> passed, List<Opinion.Refused> refused) {
        this.subject = subject;
        this.threshold = threshold;
        this.passed = passed;
        this.refused = refused;
    }

    String message() {
        return "%s: %s%s. %s"
                .formatted(
                        start(), progress(), String.join("; ", clauses()), NextStep.after(refused.getFirst(), subject));
    }

    private String start() {
        String image = subject.canonical();
        Opinion.Refused first = refused.getFirst();
        if (threshold == 1 && all(Opinion.NoSignature.class)) {
            return "Could not find a signature of " + image;
        }
        return switch (first) {
            case Opinion.NoAttestation missing
            when alone() ->
                "Could not find the attestation \"%s\" of %s"
                        .formatted(missing.attestation().name(), image);
            case Opinion.NotAttested rejected
            when alone() ->
                "Could not accept the attestation \"%s\" of %s"
                        .formatted(rejected.attestation().name(), image);
            case Opinion.NoSignature _,
                    Opinion.NotSigned _,
                    Opinion.NoAttestation _,
                    Opinion.NotAttested _,
                    Opinion.Unreadable _ -> "Could not verify " + image;
        };
    }

    private boolean all(Class<? extends Opinion.Refused> kind) {
        return refused.stream().allMatch(kind::isInstance);
    }

    private boolean alone() {
        return threshold == 1 && refused.size() == 1;
    }

    private String progress() {
        if (threshold == 1) {
            return "";
        }
        String names = passed.stream()
                .limit(MOST_NAMED)
                .map(one -> "\"" + one.authority() + "\"")
                .collect(Collectors.joining(", "));
        return "%d of the %d authorities that are needed passed%s: "
                .formatted(passed.size(), threshold, names.isEmpty() ? "" : " (" + names + ")");
    }

    /** One for all authorities that miss the same, else one for each. */
    private List<String> clauses() {
        List<String> clauses = new ArrayList<>();
        List<Opinion.NotSigned> otherKeys = new ArrayList<>();
        for (Opinion.Refused one : refused) {
            switch (one) {
                case Opinion.NoSignature missing -> add(clauses, missing(missing));
                case Opinion.NotSigned invalid
                when invalid.why() instanceof Opinion.Why.OtherKey -> otherKeys.add(invalid);
                case Opinion.NotSigned invalid -> add(clauses, found(invalid) + because(invalid));
                case Opinion.NoAttestation missing -> add(clauses, missing(missing));
                case Opinion.NotAttested rejected -> add(clauses, rejected(rejected));
                case Opinion.Unreadable unreadable ->
                    throw new IllegalStateException("told in its own words: " + unreadable.code());
            }
        }
        if (!otherKeys.isEmpty()) {
            clauses.addFirst(found(otherKeys.getFirst()) + otherKeys(otherKeys));
        }
        return clauses.stream().limit(MOST_NAMED).toList();
    }

    private static void add(List<String> clauses, String clause) {
        if (!clauses.contains(clause)) {
            clauses.add(clause);
        }
    }

    private String missing(Opinion.NoSignature missing) {
        return (threshold == 1 && all(Opinion.NoSignature.class) ? "there is none" : "there is no signature")
                + searched(missing.places(), ".sig", missing.others());
    }

    private String missing(Opinion.NoAttestation missing) {
        return "%sthere is none of type \"%s\"%s"
                .formatted(
                        alone()
                                ? ""
                                : "attestation \"%s\": "
                                        .formatted(missing.attestation().name()),
                        missing.attestation().predicateType(),
                        searched(missing.places(), ".att", missing.others()));
    }

    private String searched(List<Place> places, String suffix, List<Claim> others) {
        Digest digest = subject.digest().orElseThrow();
        String where = places.stream()
                .limit(MOST_NAMED)
                .map(place -> " under %s tag %s%s-%s…%s nor among its referrers%s"
                        .formatted(
                                isImages(place) ? "its" : "the",
                                place.tagPrefix(),
                                digest.algorithm(),
                                digest.hex().substring(0, SHORT),
                                suffix,
                                isImages(place)
                                        ? ""
                                        : " in " + place.repository().name()))
                .collect(Collectors.joining(","));
        String besides = others.stream()
                .map(Refusals::described)
                .distinct()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "));
        return where + (besides.isEmpty() ? "" : " (only " + besides + ")");
    }

    private boolean isImages(Place place) {
        return place.repository().name().equals(subject.name());
    }

    private static String described(Claim claim) {
        return switch (claim) {
            case Claim.Signature _ -> "a signature";
            case Claim.Attested attested -> "an attestation of type \"%s\"".formatted(quoted(attested.predicateType()));
            case Claim.Defective defective -> "one in %s that %s".formatted(defective.where(), defective.why());
            case Claim.Unrelated unrelated -> unrelated.what();
            case Claim.Unread unread -> "%d more that state to be something else".formatted(unread.number());
        };
    }

    private static String found(Opinion.NotSigned invalid) {
        int number = invalid.meant().size();
        return (number == 1 ? "1 signature was found" : number + " signatures were found") + ", but ";
    }

    private String rejected(Opinion.NotAttested rejected) {
        int number = rejected.meant().size();
        return "%s%d of type \"%s\" %s found, but %s"
                .formatted(
                        alone()
                                ? ""
                                : "attestation \"%s\": "
                                        .formatted(rejected.attestation().name()),
                        number,
                        rejected.attestation().predicateType(),
                        number == 1 ? "was" : "were",
                        rejected.why() instanceof Opinion.Why.OtherKey other
                                ? otherKey(List.of(rejected.authority()), number == 1, other.keyless())
                                : because(rejected.authority(), rejected.why(), number == 1));
    }

    private static String otherKeys(List<Opinion.NotSigned> refused) {
        Opinion.NotSigned first = refused.getFirst();
        boolean keyless =
                refused.stream().allMatch(one -> one.why() instanceof Opinion.Why.OtherKey other && other.keyless());
        return otherKey(
                refused.stream().map(Opinion.NotSigned::authority).toList(),
                first.meant().size() == 1,
                keyless);
    }

    private static String otherKey(List<Authority.Signing> authorities, boolean one, boolean keyless) {
        List<String> keys = new ArrayList<>();
        for (Authority.Signing authority : authorities) {
            if (authority instanceof Authority.Key key) {
                for (VerificationKey known : key.keys()) {
                    keys.add("authority \"%s\" (%s)".formatted(key.name(), known.fingerprint()));
                }
            }
        }
        String named = keys.stream().limit(MOST_NAMED).collect(Collectors.joining(" or "));
        String others = keys.size() > MOST_NAMED ? " or %d more".formatted(keys.size() - MOST_NAMED) : "";
        return (one ? "it is not" : "none is") + " by the key of " + named + others
                + (keyless ? ": it was made with a certificate (keyless)" : "");
    }

    private static String because(Opinion.NotSigned invalid) {
        return because(invalid.authority(), invalid.why(), invalid.meant().size() == 1);
    }

    private static String because(Authority.Signing authority, Opinion.Why why, boolean one) {
        return switch (why) {
            case Opinion.Why.Unfit(String where, String words) -> it(one, where) + words;
            case Opinion.Why.NotProven notProven -> it(one, notProven.where()) + notProven.words();
            case Opinion.Why.OtherHash otherHash -> it(one, otherHash.where()) + otherHash(authority, otherHash);
            case Opinion.Why.OtherContent(String where, String words) -> it(one, where) + words;
            case Opinion.Why.OtherIdentity(String where, Signer.Certificate signer) ->
                "%swas signed by %s, and authority \"%s\" asks for %s"
                        .formatted(it(one, where), signer(signer, authority), authority.name(), asked(authority));
            case Opinion.Why.NoCertificate() ->
                "%s made with a key, and authority \"%s\" asks for a certificate (keyless) of %s"
                        .formatted(one ? "it was" : "all were", authority.name(), asked(authority));
            case Opinion.Why.OtherKey(boolean keyless) -> otherKey(List.of(authority), one, keyless);
        };
    }

    private static String otherHash(Authority.Signing authority, Opinion.Why.OtherHash why) {
        VerificationKey key = why.key();
        HashAlgorithm asked = key.hash();
        String taken = asked == null
                ? KeySignature.hashes(key.key()).stream()
                        .map(HashAlgorithm::text)
                        .collect(Collectors.joining(" or "))
                : asked.text();
        return "was made by the key of authority \"%s\" (%s) with %s, where the policy takes %s"
                .formatted(authority.name(), key.fingerprint(), why.hash().text(), taken);
    }

    private static String it(boolean one, String where) {
        return one ? "it " : "the one in " + where + " ";
    }

    /** With those extensions that the policy asks about. */
    private static String signer(Signer.Certificate signer, Authority.Signing authority) {
        Map<String, String> extensions = new TreeMap<>();
        if (authority instanceof Authority.Keyless keyless) {
            for (Identity identity : keyless.identities()) {
                identity.extensions()
                        .keySet()
                        .forEach(
                                name -> extensions.put(name, signer.extensions().getOrDefault(name, "")));
            }
        }
        StringBuilder text =
                new StringBuilder("\"%s\" (issuer \"%s\"".formatted(quoted(signer.subject()), quoted(signer.issuer())));
        extensions.forEach((name, value) -> text.append(
                value.isEmpty() ? ", no %s".formatted(name) : ", %s \"%s\"".formatted(name, quoted(value))));
        return text.append(')').toString();
    }

    private static String asked(Authority.Signing authority) {
        if (!(authority instanceof Authority.Keyless keyless)) {
            return "its key";
        }
        List<Identity> identities = keyless.identities();
        String named =
                identities.stream().limit(MOST_NAMED).map(Refusals::asked).collect(Collectors.joining(", or "));
        return identities.size() > MOST_NAMED
                ? "%s, or %d more".formatted(named, identities.size() - MOST_NAMED)
                : named;
    }

    private static String asked(Identity identity) {
        List<String> parts = new ArrayList<>();
        parts.add("subject " + asked(identity.subject()));
        parts.add("issuer " + asked(identity.issuer()));
        new TreeMap<>(identity.extensions()).forEach((name, match) -> parts.add(name + " " + asked(match)));
        return String.join(" and ", parts);
    }

    private static String asked(TextMatch match) {
        return switch (match) {
            case TextMatch.Exact exact -> "\"%s\"".formatted(quoted(exact.wanted()));
            case TextMatch.Search search ->
                "matching \"%s\"".formatted(quoted(search.pattern().pattern()));
            case TextMatch.Any _ -> "of any text";
        };
    }

    private static String quoted(String text) {
        return Shown.of(text, QUOTED);
    }
}
