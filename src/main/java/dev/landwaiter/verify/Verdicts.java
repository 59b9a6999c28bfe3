package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.util.ArrayList;
import java.util.List;

/** From what each authority says to a verdict, by how many of them must pass. */
final class Verdicts {
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
                    "Could not verify %s: %d of the %d authorities that are needed passed, and no other can. Ask a cluster admin to mend the policy."
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
     * The verdict on an index that is not signed itself, by those on all its runnable manifests: all must be verified, and there must be
     * one. Could any still turn out either way, and none is surely refused, it could not be checked.
     */
    static Verdict ofIndex(Verdict.Rejected index, List<Digest> manifests, List<Verdict> verdicts) {
        List<Evidence> evidence = new ArrayList<>();
        List<Digest> refused = new ArrayList<>();
        List<Verdict.Unavailable> unavailable = new ArrayList<>();
        for (int i = 0; i < manifests.size(); i++) {
            switch (verdicts.get(i)) {
                case Verdict.Verified verified -> verified.evidence().forEach(one -> evidence.add(one.ofManifest()));
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
