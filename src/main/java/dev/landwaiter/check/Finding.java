package dev.landwaiter.check;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
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
 * @param details its labels and platform; null where they were not read
 * @param incomplete whether the time ran out before its details were read
 * @param unconfirmed why its registry could not be asked what the tag names now, so that the digest is what it named last; null where it could
 */
public record Finding(
        String text,
        @Nullable ImageReference reference,
        @Nullable Digest digest,
        @Nullable Failure failure,
        List<PolicyVerdict> verdicts,
        @Nullable ImageDetails details,
        boolean incomplete,
        @Nullable Failure unconfirmed) {
    public Finding {
        verdicts = List.copyOf(verdicts);
    }

    /** One whose tag's registry was asked, or that has no digest. */
    Finding(
            String text,
            @Nullable ImageReference reference,
            @Nullable Digest digest,
            @Nullable Failure failure,
            List<PolicyVerdict> verdicts,
            @Nullable ImageDetails details,
            boolean incomplete) {
        this(text, reference, digest, failure, verdicts, details, incomplete, null);
    }

    /**
     * What one policy says.
     *
     * @param exemption that lets the image through although the policy does not accept it; null for none
     */
    public record PolicyVerdict(
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
        return new Finding(text, reference, digest, failure, others, details, incomplete, unconfirmed);
    }

    static Finding unreadable(String text, Failure failure) {
        return new Finding(text, null, null, failure, List.of(), null, false);
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
                text,
                reference,
                digest,
                failure == null ? null : budget.blamed(failure),
                told,
                details,
                incomplete,
                unconfirmed);
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
    public boolean cutOff() {
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
    public boolean matched() {
        for (PolicyVerdict one : verdicts) {
            if (one.policy().clusterScoped() && one.policy().mode() == Mode.ENFORCE) {
                return true;
            }
        }
        return false;
    }

    /** {@code registry/repository}, which a policy would have to match. */
    public String name() {
        return reference == null ? text : reference.name();
    }

    /** The text with the digest, as it should stand in the object; empty where no digest is known. */
    public Optional<String> pinned() {
        return reference == null || digest == null ? Optional.empty() : Optional.of(reference.pinned(digest));
    }

    /** Whether its admission rests on a signature under an enforcing policy, so that it must run by the digest that was signed. */
    public boolean restsOnSignature() {
        for (PolicyVerdict one : verdicts) {
            if (one.policy().mode() == Mode.ENFORCE && signed(one.verdict())) {
                return true;
            }
        }
        return false;
    }

    /** Whether only an exception for one digest lets it through an enforcing policy, so that it must run by that digest. */
    public boolean restsOnExemptedDigest() {
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

    /** How it came through. */
    public Outcome outcome() {
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

    /** The platform that its labels were read for; {@code ""} where they were not, or are no image's. */
    public String platform() {
        if (details == null) {
            return "";
        }
        Platform platform = details.config().platform();
        return platform.runnable() ? platform.toString() : "";
    }

    /** Who signed it, as records name them. */
    public List<String> signers() {
        List<String> signers = new ArrayList<>();
        for (PolicyVerdict one : verdicts) {
            addSigners(one.verdict(), signers);
        }
        return signers;
    }

    /** The names of the exceptions that let it through what does not accept it. */
    public List<String> exceptions() {
        List<String> exceptions = new ArrayList<>(0);
        for (PolicyVerdict one : verdicts) {
            if (one.exemption() != null) {
                exceptions.add(one.exemption().name());
            }
        }
        return exceptions;
    }

    /** The policies that are for it. */
    public List<String> policies() {
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
