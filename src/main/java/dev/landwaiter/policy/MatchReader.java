package dev.landwaiter.policy;

import dev.landwaiter.limit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code match}: which objects a policy is for, by what they are and by their labels. Only Pods come before the webhook, whoever made
 * them; an entry for anything else would never hold, and the policy would silently do nothing.
 */
final class MatchReader {
    private static final Set<String> ANY_OR_CORE = Set.of("", "*");
    private static final Set<String> ANY_OR_V1 = Set.of("", "*", "v1");
    private static final Set<String> ANY_OR_PODS = Set.of("", "*", "pods");

    private MatchReader() {}

    /** Selectors over a Pod's labels, one of which must match; none: the policy is for every Pod. */
    static List<LabelSelector> read(Fields spec) {
        List<LabelSelector> selectors = new ArrayList<>();
        for (Fields match : spec.list("match", Limit.POLICY_MATCHES)) {
            match.only("group", "version", "resource", "selector");
            boolean pods = ANY_OR_CORE.contains(match.text("group"))
                    && ANY_OR_V1.contains(match.text("version"))
                    && ANY_OR_PODS.contains(match.text("resource"));
            if (!pods) {
                match.problem(
                        "is for other objects than Pods, and only Pods are checked, whatever created them: write resource: pods and version: v1, or remove it");
            }
            selectors.add(SelectorReader.read(match.at("selector")));
        }
        // one entry that holds for every Pod makes the others moot
        return selectors.stream().anyMatch(LabelSelector::matchesAll) ? List.of() : selectors;
    }
}
