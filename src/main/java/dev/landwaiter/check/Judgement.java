package dev.landwaiter.check;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.workload.ImageSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Judges findings by the policies' modes and the rules: what denies, what only warns, what would deny if it were enforced. */
public final class Judgement {
    private final AdmissionRules rules;
    private final Limits limits;
    private final Force force;
    /** By the status that each stands for: what outweighs the others must not be crowded out by them. */
    private final SortedMap<Integer, Bounded<Problem>> problems = new TreeMap<>();

    private final Bounded<String> warnings;
    /** Of the first problem of the slot that is being judged. */
    private String code = "";

    /** What becomes of that which denies. */
    public enum Force {
        /** It does. */
        DENIES(""),
        /** It only warns: the Pod runs already. */
        WARNS_OF_MIRROR_POD(" (a mirror Pod: its node runs it whatever is decided)"),
        /** It only warns, of Pods that are yet to be made. */
        WARNS_OF_TEMPLATE(" (this object is accepted, but its Pods would be refused)");

        private final String why;

        Force(String why) {
            this.why = why;
        }

        /** {@code told}, as a warning. */
        public String warning(String told) {
            return told + why;
        }
    }

    /**
     * Judges by {@code rules}.
     *
     * @param force what becomes of that which denies
     */
    public Judgement(AdmissionRules rules, Limits limits, Force force) {
        this.rules = rules;
        this.limits = limits;
        this.force = force;
        this.warnings = new Bounded<>(limits.count(Limit.WARNINGS));
    }

    /**
     * How one slot was judged.
     *
     * @param code of the first thing that denies it, {@code ""} where nothing does
     * @param wouldDeny what only would deny it
     */
    public record Judged(String code, List<ImageOutcome.WouldDeny> wouldDeny) {}

    /**
     * What there is to tell of all that was judged.
     *
     * @param problems what denies, what outweighs the others first; none where nothing does
     * @param more how many problems there are besides those, which nobody is told
     * @param warnings what to tell the requester whatever is decided
     */
    public record Result(List<Problem> problems, int more, List<String> warnings) {
        public Result {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }
    }

    /** What came of all that was judged so far. */
    public Result result() {
        if (problems.isEmpty()) {
            return new Result(List.of(), 0, warnings());
        }
        int room = limits.count(Limit.PROBLEMS);
        List<Problem> told = new ArrayList<>();
        int found = 0;
        for (Bounded<Problem> ofOneStatus : problems.values()) {
            told.addAll(ofOneStatus.kept(room - told.size()));
            found += ofOneStatus.found();
        }
        return new Result(told, found - told.size(), warnings());
    }

    private List<String> warnings() {
        int room = limits.count(Limit.WARNINGS);
        if (warnings.found() <= room) {
            return warnings.kept(room);
        }
        List<String> told = new ArrayList<>(warnings.kept(room - 1));
        told.add("There are %d more warnings.".formatted(warnings.found() - told.size()));
        return told;
    }

    /**
     * Denies.
     *
     * @param path of the field
     * @param what of it can't be admitted, for people: {@code spec.containers[0].image "nginx"}
     * @param why and what to do next, in words that may be anybody's
     */
    public void deny(String path, Code code, Supplier<String> what, String why) {
        denyInFull(path, code, what, fit(why));
    }

    /** As {@link #deny}, where {@code why} is in our own words and holds what somebody is to paste. */
    private void denyInFull(String path, Code code, Supplier<String> what, String why) {
        if (force != Force.DENIES) {
            warn(path, code, () -> force.warning(why));
            return;
        }
        this.code = this.code.isEmpty() ? code.name() : this.code;
        problems.computeIfAbsent(Problem.status(code), _ -> new Bounded<>(limits.count(Limit.PROBLEMS)))
                .add(path, () -> new Problem(path, code, "Could not admit %s: %s".formatted(what.get(), why)));
    }

    /**
     * Judges one slot.
     *
     * @param finding about its reference
     * @param pinDemanded whether one that rests on a signature is refused without a digest
     */
    public Judged judge(ImageSlot slot, Finding finding, boolean pinDemanded) {
        code = "";
        List<ImageOutcome.WouldDeny> wouldDeny = new ArrayList<>();
        judge(slot, finding, pinDemanded, wouldDeny);
        return new Judged(code, wouldDeny);
    }

    private void judge(ImageSlot slot, Finding finding, boolean pinDemanded, List<ImageOutcome.WouldDeny> wouldDeny) {
        Failure failure = finding.failure();
        if (failure != null && finding.reference() == null) {
            deny(slot.path(), failure.code(), slot::path, failure.message());
            return;
        }
        unconfirmed(slot, finding);
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
    }

    /** Whoever moved the tag meanwhile would look for the new image in vain. */
    private void unconfirmed(ImageSlot slot, Finding finding) {
        Failure why = finding.unconfirmed();
        if (why != null) {
            warn(
                    slot.path(),
                    why.code(),
                    () -> "taken for what its tag named last, %s, because its registry could not be asked: %s"
                            .formatted(finding.digest(), fit(why.message())));
        }
    }

    /** Never silently, whatever the policy's mode is: somebody must see that it still stands. */
    private void exempt(ImageSlot slot, ImagePolicy policy, Exemption exemption, Code code, String why) {
        warn(
                slot.path(),
                code,
                () -> "admitted by %s until %s (%s), although %s does not accept it: %s"
                        .formatted(
                                exemption.title(),
                                exemption.expires(),
                                fit(exemption.reason()),
                                policy.title(),
                                fit(why)));
    }

    private void unavailable(
            ImageSlot slot, ImagePolicy policy, Code code, String why, List<ImageOutcome.WouldDeny> wouldDeny) {
        switch (policy.onUnavailable()) {
            case ADMIT ->
                warn(
                        slot.path(),
                        code,
                        () -> "admitted unchecked (%s, onUnavailable: admit): %s".formatted(policy.title(), fit(why)));
            case DENY -> refuse(slot, policy, code, why, wouldDeny);
        }
    }

    private void refuse(
            ImageSlot slot, ImagePolicy policy, Code code, String why, List<ImageOutcome.WouldDeny> wouldDeny) {
        if (policy.mode() == Mode.ENFORCE) {
            deny(
                    slot.path(),
                    code,
                    () -> quoted(slot) + " under " + policy.title(),
                    NamedOnce.of(slot.reference(), why));
            return;
        }
        String mode = policy.mode().name().toLowerCase(Locale.ROOT);
        wouldDeny.add(new ImageOutcome.WouldDeny(slot.path(), policy.id(), mode, code.name(), fit(why)));
        if (policy.mode() == Mode.WARN) {
            warn(slot.path(), code, () -> "%s (%s, mode warn)".formatted(fit(why), policy.title()));
        }
    }

    private void unmatched(ImageSlot slot, Finding finding) {
        String noPolicy = "no enforcing ClusterImagePolicy is for it";
        switch (rules.noMatch()) {
            case ADMIT -> {}
            case WARN ->
                warn(slot.path(), Code.POLICY_NO_MATCH, () -> "%s: \"%s\"".formatted(noPolicy, slot.reference()));
            case DENY -> {
                deny(
                        slot.path(),
                        Code.POLICY_NO_MATCH,
                        () -> quoted(slot),
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
            case ADMIT ->
                warn(slot.path(), failure.code(), () -> "admitted without a digest: " + fit(failure.message()));
            case DENY ->
                deny(
                        slot.path(),
                        failure.code(),
                        () -> quoted(slot),
                        NamedOnce.of(slot.reference(), failure.message()));
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
            denyInFull(
                    slot.path(),
                    Code.IMAGE_NOT_PINNED,
                    () -> quoted(slot),
                    "its admission rests on %s, but it has no digest, so something else could run under that name. Write %s instead."
                            .formatted(
                                    signed ? "a signature" : "an exception for one digest",
                                    finding.pinned().orElse("it with its digest")));
        }
    }

    private static String quoted(ImageSlot slot) {
        return slot.path() + " \"" + slot.reference() + "\"";
    }

    private void warn(String path, Code code, Supplier<String> why) {
        warnings.add(path, () -> "%s: %s: %s".formatted(path, code, why.get()));
    }

    /** What registries, images' owners and policies say: of no more than so many characters, all of which can be shown. */
    private String fit(String why) {
        return Shown.message(why, limits.count(Limit.MESSAGE_CHARACTERS));
    }
}
