package dev.landwaiter.admission;

import dev.landwaiter.catalog.ImageRecord;
import dev.landwaiter.catalog.RecentRecords;
import dev.landwaiter.catalog.Records;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.ImageChecks;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Judgement;
import dev.landwaiter.check.NamespaceScope;
import dev.landwaiter.check.PodSelection;
import dev.landwaiter.check.Problem;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.plan.Effect;
import dev.landwaiter.plan.Mutation;
import dev.landwaiter.plan.Plan;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.verify.Verifier;
import dev.landwaiter.workload.ImageSlot;
import dev.landwaiter.workload.ImageSlotReader;
import dev.landwaiter.workload.WorkloadKind;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The decision on one admission request, from its image slots to a patch or a denial. Knows no server and no cluster: both reach it
 * through ports. Safe for use by many threads.
 */
public final class AdmissionPipeline {
    /** So many images are looked at where the request came in; more take so long that others would wait for it. */
    private static final int IN_PLACE = 32;
    /** Of a subresource's name, in characters. */
    private static final int SHOWN = 100;

    private final PolicySource policies;
    private final Namespaces namespaces;
    private final Keychains keychains;
    private final AdmissionRules rules;
    private final Limits limits;
    private final ImageSlotReader images;
    private final ImageChecks checks;
    private final int mostPullSecrets;
    private final InstantSource clock;
    private final Effects effects;
    private final RecentRecords recent = new RecentRecords();

    /** One that no feature has anything written by. */
    public AdmissionPipeline(
            PolicySource policies,
            Namespaces namespaces,
            Keychains keychains,
            ImageFetcher fetcher,
            Verifier verifier,
            AdmissionRules rules,
            Limits limits,
            InstantSource clock) {
        this(policies, namespaces, keychains, fetcher, verifier, rules, limits, clock, Effects.NONE);
    }

    /**
     * One by which features have written what {@code effects} says.
     *
     * @param clock by which exceptions end
     */
    public AdmissionPipeline(
            PolicySource policies,
            Namespaces namespaces,
            Keychains keychains,
            ImageFetcher fetcher,
            Verifier verifier,
            AdmissionRules rules,
            Limits limits,
            InstantSource clock,
            Effects effects) {
        this.policies = policies;
        this.namespaces = namespaces;
        this.keychains = keychains;
        this.rules = rules;
        this.limits = limits;
        this.images = new ImageSlotReader(limits);
        this.mostPullSecrets = limits.count(Limit.PULL_SECRETS);
        this.clock = clock;
        this.effects = effects;
        this.checks = new ImageChecks(fetcher, verifier, rules.platform(), limits);
    }

    /**
     * A decision and what it rests on.
     *
     * @param images what became of each slot that was looked at
     * @param records of the slots that were looked at
     * @param effects what has to be written before it is answered, in this order
     */
    public record Decided(Decision decision, List<ImageOutcome> images, Records records, List<Effect> effects) {
        public Decided {
            images = List.copyOf(images);
            effects = List.copyOf(effects);
        }

        /** The denial that {@code problem} makes of it, which leaves what was found out as it is. */
        Decided deniedBy(Problem problem) {
            return new Decided(
                    Decision.Denied.of(List.of(problem), 0, decision.warnings()), images, records, List.of());
        }

        /** About how many there are to write. */
        int characters() {
            int characters = records.text().length();
            for (String warning : decision.warnings()) {
                characters += warning.length();
            }
            if (decision instanceof Decision.Denied denied) {
                for (Problem problem : denied.problems()) {
                    characters += problem.message().length();
                }
            }
            return characters;
        }
    }

    /**
     * Decides on {@code request}, at the latest by {@code deadline}.
     *
     * @throws dev.landwaiter.failure.Failure {@code REVIEW_MALFORMED} or {@code LIMIT_EXCEEDED} where the object is none that can be looked at
     */
    public Decided decide(AdmissionRequest request, Endpoint endpoint, Deadline deadline) {
        return decide(request, endpoint, Optional.of(deadline)).orElseThrow();
    }

    /** As {@link #decide}, where all that it needs is known already; empty where something has to be looked up. Never blocks. */
    public Optional<Decided> decideIfKnown(AdmissionRequest request, Endpoint endpoint) {
        try {
            return decide(request, endpoint, Optional.empty());
        } catch (Failure e) {
            if (e.code() == Code.DEADLINE_EXCEEDED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<Decided> decide(AdmissionRequest request, Endpoint endpoint, Optional<Deadline> deadline) {
        PendingDecision pending = inquire(request, deadline.isEmpty());
        if (!pending.complete()) {
            if (deadline.isEmpty()) {
                return Optional.empty();
            }
            complete(pending, deadline.get());
        }
        return Optional.of(decide(request, endpoint, pending));
    }

    /** What has to be found out for {@code request}, and what of it is known. Never blocks, but may take longer than an event loop has. */
    PendingDecision inquire(AdmissionRequest request) {
        return inquire(request, false);
    }

    private PendingDecision inquire(AdmissionRequest request, boolean atOnce) {
        if (nothingToDecide(request).isPresent()) {
            return PendingDecision.NOTHING;
        }
        request.checkObjects();
        Slots slots = Slots.of(request, images);
        if (atOnce && slots.toCheck().size() > IN_PLACE) {
            throw Deadline.passed().exceeded("the look at so many images where they came in");
        }
        String namespace = request.summary().namespace();
        PolicySet inForce = policies.current().in(namespace);
        PodSelection pod = new PodSelection(inForce.selectsPods() ? request.podLabels() : Map.of());
        NamespaceScope scope = new NamespaceScope(inForce, namespaces, namespace, pod, clock.instant(), atOnce);
        Keychain keychain = keychain(request);
        Map<String, Finding> findings = checks.known(references(slots), scope, keychain);
        pod.forgetLabels();
        return new PendingDecision(slots, scope, keychain, findings);
    }

    /** Finds out what {@code pending} lacks, at the latest by {@code deadline}; needs nothing of the request. */
    void complete(PendingDecision pending, Deadline deadline) {
        NamespaceScope scope = pending.scope();
        checks.complete(pending.findings(), scope, pending.keychain(), deadline.onBehalfOf(scope.namespace()));
    }

    /** Decides on {@code request}, the one that {@code pending} was made for, by what was found out. */
    Decided decide(AdmissionRequest request, Endpoint endpoint, PendingDecision pending) {
        return nothingToDecide(request)
                .map(why -> new Decided(new Decision.Skipped(why), List.of(), Records.NONE, List.of()))
                .orElseGet(() -> judge(request, endpoint, pending.slots(), pending.findings()));
    }

    /**
     * Writes what {@code decided} has to have written, at the latest by {@code deadline}. Blocks; does nothing where there is nothing to write.
     *
     * @throws Failure of what could not be written
     */
    void write(AdmissionRequest.Summary request, Decided decided, Deadline deadline) {
        if (!decided.effects().isEmpty()) {
            effects.write(decided.effects(), deadline.onBehalfOf(request.namespace()));
        }
    }

    private static Optional<String> nothingToDecide(AdmissionRequest request) {
        if (!request.isCreate() && !request.isUpdate()) {
            return Optional.of("nothing comes in by " + request.summary().operation());
        }
        if (!request.subresource().isEmpty() && !request.ofSubresource()) {
            return Optional.of("subresource \"" + Shown.of(request.subresource(), SHOWN) + "\" brings no image");
        }
        return Optional.empty();
    }

    private static List<String> references(Slots slots) {
        List<String> references = new ArrayList<>(slots.toCheck().size());
        for (ImageSlot slot : slots.toCheck()) {
            references.add(slot.reference());
        }
        return references;
    }

    private Keychain keychain(AdmissionRequest request) {
        WorkloadKind kind = request.kind();
        // whoever uses them refuses more than there may be, and needs no more of them for that
        List<String> pullSecrets = kind.pullSecrets(request.object(), mostPullSecrets + 1);
        return keychains.forPod(request.summary().namespace(), pullSecrets, kind.serviceAccount(request.object()));
    }

    private Decided judge(AdmissionRequest request, Endpoint endpoint, Slots slots, Map<String, Finding> findings) {
        boolean mutates = endpoint == Endpoint.MUTATE && !request.mirror();
        WorkloadKind.Handling handling = request.kind().handling();
        boolean pins = mutates && handling.pinned() && !request.optedOut();
        boolean pinDemanded = endpoint == Endpoint.VALIDATE && handling.demandsDigests();
        Judgement judgement = new Judgement(rules, limits, force(request));
        List<Mutation.Pin> pinned = new ArrayList<>();
        List<ImageOutcome> outcomes = new ArrayList<>();
        Map<String, ImageRecord> records = new HashMap<>();
        for (ImageSlot slot : slots.toCheck()) {
            Finding finding = findings.get(slot.reference());
            if (finding == null) {
                throw new IllegalStateException("every slot's reference was looked at");
            }
            Judgement.Judged judged = judgement.judge(slot, finding, pinDemanded);
            String reference = pins ? finding.pinned().orElse(slot.reference()) : slot.reference();
            if (!reference.equals(slot.reference())) {
                pinned.add(new Mutation.Pin(slot, reference));
            }
            ImageRecord.of(finding).ifPresent(record -> records.put(slot.key(), record));
            outcomes.add(outcome(slot, finding, reference, judged));
        }
        Records derived = recent.same(Records.of(records, limits.count(Limit.RECORD_CHARACTERS)));
        RecordKeeper keeper = new RecordKeeper(request, slots);
        if (endpoint == Endpoint.VALIDATE && !handling.advisory()) {
            keeper.refuseOverclaims(derived, judgement);
        }
        JsonPatch patch = mutates
                ? Plan.of(request.object(), pinned, keeper.annotations(pins ? derived : Records.NONE))
                        .patch(request.object())
                : JsonPatch.EMPTY;
        Decision decision = Decision.of(judgement.result(), patch);
        return new Decided(decision, outcomes, derived, effects.of(request, endpoint, decision));
    }

    private static Judgement.Force force(AdmissionRequest request) {
        if (request.summary().advisory()) {
            return Judgement.Force.WARNS_OF_TEMPLATE;
        }
        return request.mirror() ? Judgement.Force.WARNS_OF_MIRROR_POD : Judgement.Force.DENIES;
    }

    private ImageOutcome outcome(ImageSlot slot, Finding finding, String pinned, Judgement.Judged judged) {
        boolean readable = finding.reference() != null;
        String text =
                readable ? slot.reference() : Shown.message(slot.reference(), limits.count(Limit.REFERENCE_CHARACTERS));
        return new ImageOutcome(
                slot.path(),
                text,
                readable ? pinned : text,
                finding.outcome().text(),
                finding.policies(),
                judged.code(),
                finding.unconfirmed() == null
                        ? ""
                        : finding.unconfirmed().code().name(),
                judged.wouldDeny());
    }
}
