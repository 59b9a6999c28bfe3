package dev.landwaiter.admission;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.workload.ImageSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judges findings by the policies' modes and the rules: what denies, what only warns, what would deny if it were enforced. */
final class Judgement {
    private final AdmissionRules rules;
    private final boolean denies;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Judges by {@code rules}.
     *
     * @param denies whether what would deny does; of a mirror Pod it only warns
     */
    Judgement(AdmissionRules rules, boolean denies) {
        this.rules = rules;
        this.denies = denies;
    }

    List<Problem> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    /**
     * Denies.
     *
     * @param path of the field
     * @param what of it can't be admitted, for people: {@code spec.containers[0].image "nginx"}
     * @param why and what to do next
     */
    void deny(String path, Code code, String what, String why) {
        if (denies) {
            problems.add(new Problem(path, code, "Could not admit %s: %s".formatted(what, why)));
        } else {
            warn(path, code, why + " (a mirror Pod: its node runs it whatever is decided)");
        }
    }

    /** Judges one slot; says what logs should tell of its policies that only would deny. */
    List<ImageOutcome.WouldDeny> judge(ImageSlot slot, Finding finding, boolean pinDemanded) {
        Failure failure = finding.failure();
        if (failure != null && finding.reference() == null) {
            deny(slot.path(), failure.code(), slot.path(), failure.message());
            return List.of();
        }
        List<ImageOutcome.WouldDeny> wouldDeny = new ArrayList<>();
        for (Finding.PolicyVerdict one : finding.verdicts()) {
            Exemption exemption = one.exemption();
            switch (one.verdict()) {
                case Verdict.Verified _ -> {}
                case Verdict.Rejected(Code code, String why)
                when exemption != null -> exempt(slot, one.policy(), exemption, code, why);
                case Verdict.Unavailable(Code code, String why)
                when exemption != null -> exempt(slot, one.policy(), exemption, code, why);
                case Verdict.Rejected(Code code, String why) -> refuse(slot, one.policy(), code, why, wouldDeny);
                case Verdict.Unavailable(Code code, String why) ->
                    unavailable(slot, one.policy(), code, why, wouldDeny);
            }
        }
        if (!finding.matched()) {
            unmatched(slot, finding);
        }
        if (pinDemanded) {
            demandPin(slot, finding);
        }
        return wouldDeny;
    }

    /** Never silently, whatever the policy's mode is: somebody must see that it still stands. */
    private void exempt(ImageSlot slot, ImagePolicy policy, Exemption exemption, Code code, String why) {
        warn(
                slot.path(),
                code,
                "admitted by %s until %s (%s), although %s does not accept it: %s"
                        .formatted(exemption.title(), exemption.expires(), exemption.reason(), policy.title(), why));
    }

    private void unavailable(
            ImageSlot slot, ImagePolicy policy, Code code, String why, List<ImageOutcome.WouldDeny> wouldDeny) {
        switch (policy.onUnavailable()) {
            case ADMIT ->
                warn(
                        slot.path(),
                        code,
                        "admitted unchecked (%s, onUnavailable: admit): %s".formatted(policy.title(), why));
            case DENY -> refuse(slot, policy, code, why, wouldDeny);
        }
    }

    private void refuse(
            ImageSlot slot, ImagePolicy policy, Code code, String why, List<ImageOutcome.WouldDeny> wouldDeny) {
        if (policy.mode() == Mode.ENFORCE) {
            deny(slot.path(), code, quoted(slot) + " under " + policy.title(), why);
            return;
        }
        String mode = policy.mode().name().toLowerCase(Locale.ROOT);
        wouldDeny.add(new ImageOutcome.WouldDeny(policy.id(), mode, code.name()));
        if (policy.mode() == Mode.WARN) {
            warn(slot.path(), code, "%s (%s, mode warn)".formatted(why, policy.title()));
        }
    }

    private void unmatched(ImageSlot slot, Finding finding) {
        String noPolicy = "no enforcing ClusterImagePolicy is for it";
        switch (rules.noMatch()) {
            case ADMIT -> {}
            case WARN -> warn(slot.path(), Code.POLICY_NO_MATCH, "%s: \"%s\"".formatted(noPolicy, slot.reference()));
            case DENY -> {
                deny(
                        slot.path(),
                        Code.POLICY_NO_MATCH,
                        quoted(slot),
                        "%s. Use an image that one is for, or ask a cluster admin for a policy whose images match %s."
                                .formatted(noPolicy, finding.name()));
                return;
            }
        }
        Failure failure = finding.failure();
        if (failure == null) {
            return;
        }
        switch (rules.onUnresolved()) {
            case ADMIT -> warn(slot.path(), failure.code(), "admitted without a digest: " + failure.message());
            case DENY -> deny(slot.path(), failure.code(), quoted(slot), failure.message());
        }
    }

    /** What was verified must be what runs: a tag may name something else by then. */
    private void demandPin(ImageSlot slot, Finding finding) {
        ImageReference reference = finding.reference();
        if (reference == null || reference.digest().isPresent()) {
            return;
        }
        boolean signed = finding.restsOnSignature();
        if (signed || finding.restsOnExemptedDigest()) {
            deny(
                    slot.path(),
                    Code.IMAGE_NOT_PINNED,
                    quoted(slot),
                    "its admission rests on %s, but it has no digest, so something else could run under that name. Write %s instead."
                            .formatted(
                                    signed ? "a signature" : "an exception for one digest",
                                    finding.pinned().orElse("it with its digest")));
        }
    }

    private static String quoted(ImageSlot slot) {
        return slot.path() + " \"" + slot.reference() + "\"";
    }

    private void warn(String path, Code code, String why) {
        warnings.add("%s: %s: %s".formatted(path, code, why));
    }
}
