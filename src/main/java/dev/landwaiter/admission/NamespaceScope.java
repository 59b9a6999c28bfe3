package dev.landwaiter.admission;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which policies are for the images of one namespace. Its labels are looked up only where a selector asks for them. */
record NamespaceScope(PolicySet policies, Namespaces namespaces, String namespace) {
    /**
     * The policies for an image.
     *
     * @param certain those that match
     * @param unknown those that would match if the namespace's labels did, which could not be read
     * @param why they could not
     */
    record Matching(List<ImagePolicy> certain, List<ImagePolicy> unknown, Optional<Failure> why) {
        Matching {
            certain = List.copyOf(certain);
            unknown = List.copyOf(unknown);
        }
    }

    Matching matching(ImageReference reference, Deadline deadline) {
        List<ImagePolicy> byImage = policies.matching(reference);
        boolean all = true;
        for (ImagePolicy policy : byImage) {
            all &= policy.namespaces().matchesAll();
        }
        if (all) {
            return new Matching(byImage, List.of(), Optional.empty());
        }
        Optional<Map<String, String>> labels;
        try {
            labels = namespaces.labels(namespace, deadline);
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
            if (labels.isEmpty() || policy.namespaces().matches(labels.get())) {
                matching.add(policy);
            }
        }
        return new Matching(matching, List.of(), Optional.empty());
    }
}
