package dev.landwaiter.check;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.verify.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which policies are for the images of one Pod. Its namespace's labels are looked up only where a selector asks for them. What a selector says
 * of them is the same for all its images, and told once.
 *
 * @param policies for that namespace
 * @param pod which policies select the Pod itself
 * @param now for exceptions, which end
 * @param atOnce whether an event loop asks: where telling the policies of an image takes longer, that is {@code DEADLINE_EXCEEDED}
 * @param asked what selectors said of the namespace's labels, by policy: as it is and not by its content, which would take long to compare
 */
public record NamespaceScope(
        PolicySet policies,
        Namespaces namespaces,
        String namespace,
        PodSelection pod,
        Instant now,
        boolean atOnce,
        Map<ImagePolicy, Boolean> asked) {
    /** Policies with selectors, of those that are for one Pod's images. */
    private static final int FEW = 4;

    /** As above, where nothing was asked yet. */
    public NamespaceScope(
            PolicySet policies,
            Namespaces namespaces,
            String namespace,
            PodSelection pod,
            Instant now,
            boolean atOnce) {
        this(
                policies,
                namespaces,
                namespace,
                pod,
                now,
                atOnce,
                Collections.synchronizedMap(new IdentityHashMap<>(FEW)));
    }

    /**
     * The policies for an image.
     *
     * @param certain those that match
     * @param unknown those that would match if the namespace's labels did, which could not be read
     * @param why they could not
     */
    public record Matching(List<ImagePolicy> certain, List<ImagePolicy> unknown, Optional<Failure> why) {
        public Matching {
            certain = List.copyOf(certain);
            unknown = List.copyOf(unknown);
        }
    }

    /** The policies for the image that {@code reference} names. */
    public Matching matching(ImageReference reference, Deadline deadline) {
        List<ImagePolicy> byImage = forPod(byImage(reference, deadline));
        boolean all = true;
        for (ImagePolicy policy : byImage) {
            all &= policy.namespaces().matchesAll();
        }
        if (all) {
            return new Matching(byImage, List.of(), Optional.empty());
        }
        Optional<Map<String, String>> ofNamespace;
        try {
            ofNamespace = namespaces.labels(namespace, deadline);
        } catch (Failure e) {
            return new Matching(
                    byImage.stream()
                            .filter(policy -> policy.namespaces().matchesAll())
                            .toList(),
                    byImage.stream()
                            .filter(policy -> !policy.namespaces().matchesAll())
                            .toList(),
                    Optional.of(e));
        }
        List<ImagePolicy> matching = new ArrayList<>();
        for (ImagePolicy policy : byImage) {
            if (ofNamespace.isEmpty() || isFor(policy, ofNamespace.get())) {
                matching.add(policy);
            }
        }
        return new Matching(matching, List.of(), Optional.empty());
    }

    private List<ImagePolicy> byImage(ImageReference reference, Deadline deadline) {
        return atOnce
                ? policies.matchingAtOnce(reference)
                        .orElseThrow(() -> deadline.exceeded("the search for policies of " + reference.name()))
                : policies.matching(reference);
    }

    private boolean isFor(ImagePolicy policy, Map<String, String> labels) {
        return policy.namespaces().matchesAll()
                || asked.computeIfAbsent(policy, one -> one.namespaces().matches(labels));
    }

    /** Those whose {@code match} holds for the Pod: the same list where all do, as is usual. */
    private List<ImagePolicy> forPod(List<ImagePolicy> found) {
        for (ImagePolicy policy : found) {
            if (!pod.isFor(policy)) {
                return found.stream().filter(pod::isFor).toList();
            }
        }
        return found;
    }

    /** {@code finding}, and which exceptions let it through what does not accept it. */
    Finding exempted(Finding finding) {
        ImageReference reference = finding.reference();
        if (policies.exemptions().isEmpty() || reference == null) {
            return finding;
        }
        Digest digest = reference.digest().orElse(finding.digest());
        List<Finding.PolicyVerdict> verdicts =
                new ArrayList<>(finding.verdicts().size());
        for (Finding.PolicyVerdict one : finding.verdicts()) {
            verdicts.add(
                    one.verdict() instanceof Verdict.Verified
                            ? one
                            : policies.exemption(one.policy(), reference, digest, namespace, now)
                                    .map(one::exempted)
                                    .orElse(one));
        }
        return finding.with(verdicts);
    }
}
