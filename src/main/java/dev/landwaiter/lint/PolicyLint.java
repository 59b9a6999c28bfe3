package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what is wrong with policies although they can be applied, and what keeps them from being applied. Asks no registry and no cluster;
 * the same files give the same findings in the same order.
 */
public final class PolicyLint {
    private static final String SIGSTORE = "policy.sigstore.dev/";
    /** How a reader's problem begins that is about one field. */
    private static final Pattern FIELD = Pattern.compile("^((?:spec|metadata)[A-Za-z0-9.\\[\\]_-]*)[:,]? ");

    private static final Pattern BETWEEN_PROBLEMS = Pattern.compile("; (?=(?:spec|metadata)[. \\[]|Could not )");
    /** How a reader says that a Secret, ConfigMap or TrustRoot is not there. */
    private static final String NOT_FOLLOWED = "can't be followed";

    private final PolicyReader reader;

    public PolicyLint(PolicyReader reader) {
        this.reader = reader;
    }

    /** What is wrong in {@code files}, in the order of files and objects. */
    public List<Finding> lint(PolicyFiles files) {
        List<Finding> findings = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        List<PolicyFiles.Entry> entries = files.entries(unreadable);
        unreadable.forEach(problem -> findings.add(ofFile(problem)));
        List<PolicyObject> policies = new ArrayList<>();
        List<Map<String, String>> namespaces = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (PolicyFiles.Entry entry : entries) {
            JsonNode object = entry.object();
            switch (object.path("kind").asText("")) {
                case "Namespace" -> namespaces.add(labels(object));
                case "TrustRoot", "Secret", "ConfigMap" -> {}
                case PolicyReader.KIND, PolicyReader.NAMESPACED_KIND -> {
                    if (object.path("apiVersion").asText("").equals(PolicyReader.API_VERSION)) {
                        policies.add(new PolicyObject(entry, reader.read(object), findings));
                    } else {
                        findings.add(foreign(entry));
                    }
                }
                default -> findings.add(foreign(entry));
            }
        }
        for (PolicyObject policy : policies) {
            each(policy, names, namespaces);
        }
        new ShadowRules(policies).check();
        findings.sort(Comparator.comparing(Finding::file)
                .thenComparingInt(Finding::document)
                .thenComparing(Finding::object)
                .thenComparing(Finding::severity));
        return List.copyOf(findings);
    }

    private static void each(PolicyObject policy, Set<String> names, List<Map<String, String>> namespaces) {
        if (!names.add(policy.policy().title())) {
            policy.found(
                    LintCode.NAME_TWICE,
                    "metadata.name",
                    "There is a %s before this one. Give it another name."
                            .formatted(policy.policy().title()));
        }
        int before = policy.findings().size();
        GlobRules.check(policy);
        SelectorRules.check(policy, namespaces);
        new AuthorityRules(policy).check();
        broken(policy, before);
    }

    /** That a policy is broken is said where nothing that was found says so more clearly. */
    private static void broken(PolicyObject policy, int before) {
        String all = policy.policy().problem();
        if (all == null) {
            return;
        }
        List<Finding> found =
                List.copyOf(policy.findings().subList(before, policy.findings().size()));
        for (String problem : BETWEEN_PROBLEMS.split(all, -1)) {
            Matcher field = FIELD.matcher(problem);
            String path = field.find() ? field.group(1) : "";
            if (problem.contains(NOT_FOLLOWED)) {
                policy.found(
                        LintCode.REFERENCE_MISSING,
                        path,
                        "%s. The policy is broken where the cluster has none.".formatted(problem));
            } else if (found.stream().noneMatch(finding -> says(finding, path))) {
                policy.found(LintCode.POLICY_BROKEN, path, "It can't be applied as written: " + ended(problem));
            }
        }
    }

    private static boolean says(Finding finding, String path) {
        return finding.severity() == Severity.ERROR
                && (finding.path().equals(path)
                        || (path.endsWith("]") && finding.path().startsWith(path + ".")));
    }

    private static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }

    private static Finding ofFile(String problem) {
        int colon = problem.indexOf(": ");
        return new Finding(
                problem.substring(0, colon),
                0,
                "",
                "",
                LintCode.FILE_UNREADABLE,
                "It is " + problem.substring(colon + 2) + ".",
                "");
    }

    private static Finding foreign(PolicyFiles.Entry entry) {
        String kind = entry.object().path("kind").asText("");
        String version = entry.object().path("apiVersion").asText("");
        String next = version.startsWith(SIGSTORE)
                ? "'landwaiter policy import' makes one of ours of it."
                : "Keep it in another folder: the webhook refuses this one.";
        return new Finding(
                entry.file().toString(),
                entry.document(),
                kind + " \"" + name(entry.object()) + "\"",
                "kind",
                LintCode.KIND_UNKNOWN,
                "\"%s\" of \"%s\" is not read from files. %s".formatted(kind, version, next),
                "");
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    private static Map<String, String> labels(JsonNode namespace) {
        Map<String, String> labels = new HashMap<>();
        namespace
                .path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        labels.put("kubernetes.io/metadata.name", name(namespace));
        return labels;
    }
}
