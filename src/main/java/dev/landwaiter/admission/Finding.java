package dev.landwaiter.admission;

import dev.landwaiter.catalog.ImageRecord;
import dev.landwaiter.catalog.Outcome;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Budget;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one image reference, before anybody judges it.
 *
 * @param text as written
 * @param reference as read; null where it is none
 * @param digest that it was resolved to; null where it was not
 * @param failure why it could not be read or resolved; null where it could, or where nobody asked
 * @param verdicts of each policy that is for it
 * @param platform that its labels were read for, {@code ""} where they were not
 * @param incomplete whether the time ran out before its labels were read
 */
record Finding(
        String text,
        @Nullable ImageReference reference,
        @Nullable Digest digest,
        @Nullable Failure failure,
        List<PolicyVerdict> verdicts,
        String platform,
        boolean incomplete) {
    Finding {
        verdicts = List.copyOf(verdicts);
    }

    /**
     * What one policy says.
     *
     * @param exemption that lets the image through although the policy does not accept it; null for none
     */
    record PolicyVerdict(
            ImagePolicy policy, Verdict verdict, @Nullable Exemption exemption) {
        PolicyVerdict(ImagePolicy policy, Verdict verdict) {
            this(policy, verdict, null);
        }

        PolicyVerdict exempted(Exemption by) {
            return new PolicyVerdict(policy, verdict, by);
        }
    }

    /** The same but for what policies say. */
    Finding with(List<PolicyVerdict> others) {
        return new Finding(text, reference, digest, failure, others, platform, incomplete);
    }

    static Finding unreadable(String text, Failure failure) {
        return new Finding(text, null, null, failure, List.of(), "", false);
    }

    /** The same, with each failure told by {@code budget}, which knows what the look-up has cost and so whose doing the failure is. */
    Finding blamed(Budget budget) {
        if (budget == Budget.UNBOUNDED) {
            return this;
        }
        List<PolicyVerdict> told = new ArrayList<>(verdicts.size());
        for (PolicyVerdict one : verdicts) {
            told.add(new PolicyVerdict(one.policy(), blamed(one.verdict(), budget), one.exemption()));
        }
        return new Finding(
                text, reference, digest, failure == null ? null : budget.blamed(failure), told, platform, incomplete);
    }

    private static Verdict blamed(Verdict verdict, Budget budget) {
        return switch (verdict) {
            case Verdict.Verified verified -> verified;
            case Verdict.Rejected(Code code, String message) -> Verdict.of(budget.blamed(new Failure(code, message)));
            case Verdict.Unavailable(Code code, String message) ->
                Verdict.of(budget.blamed(new Failure(code, message)));
        };
    }

    /** The host of its registry; {@code ""} for what is no reference. */
    String host() {
        return reference == null ? "" : reference.host();
    }

    /** Whether the time ran out before all was known. */
    boolean cutOff() {
        if (incomplete || (failure != null && failure.code() == Code.DEADLINE_EXCEEDED)) {
            return true;
        }
        for (PolicyVerdict one : verdicts) {
            if (one.verdict() instanceof Verdict.Unavailable(Code code, String _) && code == Code.DEADLINE_EXCEEDED) {
                return true;
            }
        }
        return false;
    }

    /** Whether an enforcing ClusterImagePolicy is for it. */
    boolean matched() {
        for (PolicyVerdict one : verdicts) {
            if (one.policy().clusterScoped() && one.policy().mode() == Mode.ENFORCE) {
                return true;
            }
        }
        return false;
    }

    /** {@code registry/repository}, which a policy would have to match. */
    String name() {
        return reference == null ? text : reference.name();
    }

    /** The text with the digest, as it should stand in the object; empty where no digest is known. */
    Optional<String> pinned() {
        return reference == null || digest == null ? Optional.empty() : Optional.of(reference.pinned(digest));
    }

    /** Whether its admission rests on a signature under an enforcing policy, so that it must run by the digest that was signed. */
    boolean restsOnSignature() {
        for (PolicyVerdict one : verdicts) {
            if (one.policy().mode() == Mode.ENFORCE && signed(one.verdict())) {
                return true;
            }
        }
        return false;
    }

    /** Whether only an exception for one digest lets it through an enforcing policy, so that it must run by that digest. */
    boolean restsOnExemptedDigest() {
        for (PolicyVerdict one : verdicts) {
            Exemption exemption = one.exemption();
            if (exemption != null
                    && reference != null
                    && one.policy().mode() == Mode.ENFORCE
                    && !exemption.coversEveryDigestOf(reference)) {
                return true;
            }
        }
        return false;
    }

    Outcome outcome() {
        boolean exempted = false;
        boolean unavailable = false;
        boolean signed = false;
        for (PolicyVerdict one : verdicts) {
            if (one.exemption() != null) {
                exempted = true;
                continue;
            }
            switch (one.verdict()) {
                case Verdict.Rejected _ -> {
                    return Outcome.REJECTED;
                }
                case Verdict.Unavailable _ -> unavailable = true;
                case Verdict.Verified verified -> signed |= signed(verified);
            }
        }
        if (exempted) {
            return Outcome.EXEMPTED;
        }
        if (unavailable) {
            return Outcome.UNAVAILABLE;
        }
        if (verdicts.isEmpty()) {
            return failure == null ? Outcome.UNCHECKED : Outcome.UNRESOLVED;
        }
        return signed ? Outcome.VERIFIED : Outcome.STATIC;
    }

    /** Its record; empty for what is no reference. */
    Optional<ImageRecord> record() {
        if (reference == null) {
            return Optional.empty();
        }
        List<String> signers = new ArrayList<>();
        List<String> exceptions = new ArrayList<>(0);
        for (PolicyVerdict one : verdicts) {
            addSigners(one.verdict(), signers);
            if (one.exemption() != null) {
                exceptions.add(one.exemption().name());
            }
        }
        return Optional.of(ImageRecord.of(
                reference, Optional.ofNullable(digest), platform, outcome(), policies(), signers, exceptions));
    }

    List<String> policies() {
        List<String> names = new ArrayList<>(verdicts.size());
        for (PolicyVerdict one : verdicts) {
            names.add(one.policy().id());
        }
        return names;
    }

    private static boolean signed(Verdict verdict) {
        if (verdict instanceof Verdict.Verified verified) {
            for (Evidence evidence : verified.evidence()) {
                if (evidence.ofSignature()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void addSigners(Verdict verdict, List<String> signers) {
        if (verdict instanceof Verdict.Verified verified) {
            for (Evidence evidence : verified.evidence()) {
                if (evidence.ofSignature()) {
                    signers.add(evidence.recorded());
                }
            }
        }
    }
}
