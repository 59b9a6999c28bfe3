package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.sigstore.KeySignature;
import dev.landwaiter.verify.KeyVerifier.AuthorityKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** From what was found to a verdict, and to the words that tell a person what to do. */
final class Verdicts {
    /** So that a message stays readable, whatever a policy or an image brings. */
    private static final int MOST_NAMED = 4;
    /** Of a digest that the message has in full before. */
    private static final int SHORT = 12;

    private Verdicts() {}

    /**
     * The verdict on one digest: verified by any key; else 'could not check' where a source that could not be asked might have held the
     * signature; else refused, for what could not be read before what was read and did not count.
     *
     * @param subject the repository by the digest
     */
    static Verdict judge(ImageReference subject, Signatures found, List<AuthorityKey> keys) {
        List<Evidence> evidence = evidence(subject.digest().orElseThrow(), found, keys);
        if (!evidence.isEmpty()) {
            return new Verdict.Verified(evidence);
        }
        Optional<Failure> unavailable = found.failures().stream()
                .filter(failure -> failure.code().unavailable())
                .findFirst();
        if (unavailable.isPresent()) {
            return new Verdict.Unavailable(
                    unavailable.get().code(), unavailable.get().message());
        }
        if (!found.failures().isEmpty()) {
            Failure first = found.failures().getFirst();
            return new Verdict.Rejected(first.code(), first.message());
        }
        return found.claims().stream().allMatch(Claim.Unrelated.class::isInstance)
                ? missing(subject, found.claims())
                : invalid(subject, found.claims(), keys);
    }

    private static List<Evidence> evidence(Digest subject, Signatures found, List<AuthorityKey> keys) {
        List<Evidence> evidence = new ArrayList<>();
        for (AuthorityKey key : keys) {
            for (Claim claim : found.claims()) {
                if (claim instanceof Claim.Signed signed
                        && KeySignature.isBy(key.key(), signed.message(), signed.signature())) {
                    evidence.add(new Evidence(key.authority(), signed.format(), subject, "key " + key.fingerprint()));
                    break;
                }
            }
        }
        return evidence;
    }

    private static Verdict missing(ImageReference subject, List<Claim> others) {
        Digest digest = subject.digest().orElseThrow();
        String besides = others.stream()
                .map(other -> other instanceof Claim.Unrelated unrelated ? unrelated.what() : "")
                .distinct()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "));
        return new Verdict.Rejected(
                Code.SIGNATURE_MISSING,
                "Could not find a signature of %s: there is none under its tag %s-%s….sig nor among its referrers%s. %s"
                        .formatted(
                                subject.canonical(),
                                digest.algorithm(),
                                digest.hex().substring(0, SHORT),
                                besides.isEmpty() ? "" : " (only " + besides + ")",
                                "Sign it: " + sign(subject)));
    }

    private static Verdict invalid(ImageReference subject, List<Claim> claims, List<AuthorityKey> keys) {
        List<Claim> meant = claims.stream()
                .filter(claim -> !(claim instanceof Claim.Unrelated))
                .toList();
        return new Verdict.Rejected(
                Code.SIGNATURE_INVALID,
                "Could not verify %s: %s, but %s. %s"
                        .formatted(
                                subject.canonical(),
                                meant.size() == 1 ? "1 signature was found" : meant.size() + " signatures were found",
                                why(meant, keys),
                                "Sign it with a key that the policy names: " + sign(subject)));
    }

    /** Why the nearest of them did not count: one for this digest is nearer than one that is not. */
    private static String why(List<Claim> meant, List<AuthorityKey> keys) {
        boolean one = meant.size() == 1;
        List<Claim.Signed> signed = meant.stream()
                .filter(Claim.Signed.class::isInstance)
                .map(Claim.Signed.class::cast)
                .toList();
        if (signed.isEmpty()) {
            return meant.stream()
                    .map(claim -> claim instanceof Claim.Defective defective
                            ? (one ? "it " : "the one in " + defective.where() + " ") + defective.why()
                            : "")
                    .findFirst()
                    .orElseThrow();
        }
        String named = keys.stream()
                .limit(MOST_NAMED)
                .map(key -> "authority \"%s\" (%s)".formatted(key.authority(), key.fingerprint()))
                .collect(Collectors.joining(" or "));
        String others = keys.size() > MOST_NAMED ? " or %d more".formatted(keys.size() - MOST_NAMED) : "";
        String keyless =
                signed.stream().allMatch(Claim.Signed::keyless) ? ": it was made with a certificate (keyless)" : "";
        return (one ? "it is not" : "none is") + " by the key of " + named + others + keyless;
    }

    private static String sign(ImageReference subject) {
        return "cosign sign --key <key> %s.".formatted(subject.canonical());
    }

    /**
     * The verdict on an index that is not signed itself, by those on all its runnable manifests: all must be verified, and there must be
     * one. Could any still turn out either way, and none is surely refused, it could not be checked.
     */
    static Verdict ofIndex(Verdict.Rejected index, List<Digest> manifests, List<Verdict> verdicts) {
        List<Evidence> evidence = new ArrayList<>();
        List<Digest> refused = new ArrayList<>();
        List<Verdict.Unavailable> unavailable = new ArrayList<>();
        for (int i = 0; i < manifests.size(); i++) {
            switch (verdicts.get(i)) {
                case Verdict.Verified verified -> evidence.addAll(verified.evidence());
                case Verdict.Rejected rejected -> refused.add(manifests.get(i));
                case Verdict.Unavailable unknown -> unavailable.add(unknown);
            }
        }
        if (manifests.isEmpty()) {
            return index;
        }
        if (refused.isEmpty()) {
            return unavailable.isEmpty() ? new Verdict.Verified(evidence) : unavailable.getFirst();
        }
        return new Verdict.Rejected(
                index.code(),
                index.message()
                        + " It is an index, and would count as signed too if every manifest in it were: %s."
                                .formatted(refused(manifests.size(), refused)));
    }

    private static String refused(int of, List<Digest> refused) {
        if (of == 1) {
            return "its only manifest, %s, is not".formatted(refused.getFirst());
        }
        return refused.size() == of
                ? "none of its %d manifests is".formatted(of)
                : "of its %d manifests %d %s not, the first being %s"
                        .formatted(of, refused.size(), refused.size() == 1 ? "is" : "are", refused.getFirst());
    }
}
