package dev.landwaiter.admission;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.workload.ImageSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judges findings by the policies' modes and the rules: what denies, what only warns, what would deny if it were enforced. */
final class Judgement {
    private final AdmissionRules rules;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    Judgement(AdmissionRules rules) {
        this.rules = rules;
    }

    List<Problem> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Denies whatever it was: a record that claims more than was derived, for instance. */
    void deny(String path, Code code, String message) {
        problems.add(new Problem(path, code, message));
    }

    /** Judges one slot; says what logs should tell of its policies that only would deny. */
    List<ImageOutcome.WouldDeny> judge(ImageSlot slot, Finding finding, boolean pinDemanded) {
        Failure failure = finding.failure();
        if (failure != null && finding.reference() == null) {
            deny(slot.path(), failure.code(), "Could not admit %s: %s".formatted(slot.path(), failure.message()));
            return List.of();
        }
        List<ImageOutcome.WouldDeny> wouldDeny = new ArrayList<>();
        for (Finding.PolicyVerdict one : finding.verdicts()) {
            switch (one.verdict()) {
                case Verdict.Verified _ -> {}
                case Verdict.Rejected(Code code, String why) -> refuse(slot, one.policy(), code, why, wouldDeny);
                case Verdict.Unavailable(Code code, String why) -> {
                    if (one.policy().onUnavailable() == OnUnavailable.ADMIT) {
                        warn(
                                slot,
                                code,
                                "%s; admitted unchecked, as %s says onUnavailable: admit"
                                        .formatted(why, one.policy().title()));
                    } else {
                        refuse(slot, one.policy(), code, why, wouldDeny);
                    }
                }
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

    private void refuse(
            ImageSlot slot, ImagePolicy policy, Code code, String why, List<ImageOutcome.WouldDeny> wouldDeny) {
        if (policy.mode() == Mode.ENFORCE) {
            deny(
                    slot.path(),
                    code,
                    "Could not admit %s \"%s\" under %s: %s"
                            .formatted(slot.path(), slot.reference(), policy.title(), why));
            return;
        }
        String mode = policy.mode().name().toLowerCase(Locale.ROOT);
        wouldDeny.add(new ImageOutcome.WouldDeny(policy.name(), mode, code.name()));
        if (policy.mode() == Mode.WARN) {
            warn(slot, code, "%s (%s, mode warn)".formatted(why, policy.title()));
        }
    }

    private void unmatched(ImageSlot slot, Finding finding) {
        switch (rules.noMatch()) {
            case ADMIT -> {}
            case WARN ->
                warn(
                        slot,
                        Code.POLICY_NO_MATCH,
                        "no enforcing ClusterImagePolicy is for \"%s\"".formatted(slot.reference()));
            case DENY -> {
                deny(
                        slot.path(),
                        Code.POLICY_NO_MATCH,
                        "Could not admit %s \"%s\": no enforcing ClusterImagePolicy is for it. Use an image that one is for, or ask a cluster admin for a policy whose images match %s."
                                .formatted(slot.path(), slot.reference(), name(finding)));
                return;
            }
        }
        Failure failure = finding.failure();
        if (failure == null) {
            return;
        }
        switch (rules.onUnresolved()) {
            case ADMIT -> warn(slot, failure.code(), "admitted without a digest: " + failure.message());
            case DENY ->
                deny(
                        slot.path(),
                        failure.code(),
                        "Could not admit %s \"%s\": %s".formatted(slot.path(), slot.reference(), failure.message()));
        }
    }

    private static String name(Finding finding) {
        ImageReference reference = finding.reference();
        return reference == null ? finding.text() : reference.name();
    }

    /** What was verified must be what runs: a tag may name something else by then. */
    private void demandPin(ImageSlot slot, Finding finding) {
        ImageReference reference = finding.reference();
        if (reference != null && reference.digest().isEmpty() && finding.restsOnSignature()) {
            deny(
                    slot.path(),
                    Code.IMAGE_NOT_PINNED,
                    "Could not admit %s \"%s\": its admission rests on a signature, but it has no digest, so something else could run under that name. Write %s instead."
                            .formatted(
                                    slot.path(),
                                    slot.reference(),
                                    finding.pinned().orElse("it with its digest")));
        }
    }

    private void warn(ImageSlot slot, Code code, String why) {
        warnings.add("%s: %s: %s".formatted(slot.path(), code, why));
    }
}
