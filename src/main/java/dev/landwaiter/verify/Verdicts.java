package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** From what each authority says to a verdict, by how many of them must pass. */
final class Verdicts {
    /** Refusals for what is not signed; others, such as a limit exceeded or no room, say for themselves what is the matter. */
    private static final Set<Code> OF_SIGNATURES = Set.of(
            Code.SIGNATURE_MISSING,
            Code.SIGNATURE_INVALID,
            Code.ATTESTATION_MISSING,
            Code.ATTESTATION_REJECTED,
            Code.STATIC_FAIL);

    private Verdicts() {}

    /**
     * The verdict on one digest: verified where enough authorities pass; else 'could not check' where those that could not be asked might
     * have made it enough; else refused, for what could not be read before what was read and did not count.
     *
     * @param subject the repository by the digest
     * @param threshold how many must pass
     */
    static Verdict judge(ImageReference subject, int threshold, List<Opinion> opinions) {
        List<Opinion.Passed> passed = new ArrayList<>();
        List<Opinion.Unknown> unknown = new ArrayList<>();
        List<Opinion.Refused> refused = new ArrayList<>();
        for (Opinion opinion : opinions) {
            switch (opinion) {
                case Opinion.Passed one -> passed.add(one);
                case Opinion.Unknown one -> unknown.add(one);
                case Opinion.Refused one -> refused.add(one);
            }
        }
        if (passed.size() >= threshold) {
            return new Verdict.Verified(
                    passed.stream().flatMap(one -> one.evidence().stream()).toList());
        }
        if (!unknown.isEmpty() && passed.size() + unknown.size() >= threshold) {
            var failure = unknown.getFirst().failure();
            return new Verdict.Unavailable(failure.code(), failure.message());
        }
        return rejected(subject, threshold, passed, refused);
    }

    private static Verdict rejected(
            ImageReference subject, int threshold, List<Opinion.Passed> passed, List<Opinion.Refused> refused) {
        for (Opinion.Refused one : refused) {
            if (one instanceof Opinion.Unreadable(var failure)) {
                return new Verdict.Rejected(failure.code(), failure.message());
            }
        }
        if (refused.isEmpty()) {
            return new Verdict.Rejected(
                    Code.STATIC_FAIL,
                    "Could not verify %s: %d of the %d authorities that are needed passed, and no other can. Ask a cluster admin to fix the policy."
                            .formatted(subject.canonical(), passed.size(), threshold));
        }
        return new Verdict.Rejected(code(refused), new Refusals(subject, threshold, passed, refused).message());
    }

    /** That of what came nearest: there and not good is nearer than not there. */
    private static Code code(List<Opinion.Refused> refused) {
        return refused.stream()
                .map(Opinion.Refused::code)
                .filter(code -> code == Code.SIGNATURE_INVALID || code == Code.ATTESTATION_REJECTED)
                .findFirst()
                .orElse(refused.getFirst().code());
    }

    /**
     * The verdict on an index that is not signed itself, by those on all manifests that could be selected from it: all must be verified, and
     * there must be one. Could any still turn out either way, and none is surely refused, it could not be checked.
     */
    static Verdict ofIndex(Verdict.Rejected index, List<EveryManifest.Judged> manifests) {
        List<Evidence> evidence = new ArrayList<>();
        List<EveryManifest.Judged> refused = new ArrayList<>();
        List<Verdict.Unavailable> unavailable = new ArrayList<>();
        for (EveryManifest.Judged one : manifests) {
            switch (one.verdict()) {
                case Verdict.Verified verified -> verified.evidence().forEach(each -> evidence.add(each.ofManifest()));
                case Verdict.Rejected rejected -> {
                    if (!OF_SIGNATURES.contains(rejected.code())) {
                        return rejected;
                    }
                    refused.add(one);
                }
                case Verdict.Unavailable unknown -> unavailable.add(unknown);
            }
        }
        if (manifests.isEmpty()) {
            return index;
        }
        if (refused.isEmpty()) {
            return unavailable.isEmpty() ? new Verdict.Verified(evidence) : unavailable.getFirst();
        }
        return notEvery(index, refused(manifests.size(), refused));
    }

    /** The verdict on an index that is not signed itself and names another index, {@code within}. */
    static Verdict ofIndexWithin(Verdict.Rejected index, Digest within) {
        return notEvery(
                index, "it names an index, %s, which only a signature on an index above it covers".formatted(within));
    }

    private static Verdict notEvery(Verdict.Rejected index, String why) {
        return new Verdict.Rejected(
                index.code(),
                index.message()
                        + " It is an index, and would count as signed too if every manifest in it were: %s."
                                .formatted(why));
    }

    private static String refused(int of, List<EveryManifest.Judged> refused) {
        if (of == 1) {
            return "its only manifest, %s, is not".formatted(refused.getFirst().told());
        }
        return refused.size() == of
                ? "none of its %d manifests is".formatted(of)
                : "of its %d manifests %d %s not, the first being %s"
                        .formatted(
                                of,
                                refused.size(),
                                refused.size() == 1 ? "is" : "are",
                                refused.getFirst().told());
    }
}
