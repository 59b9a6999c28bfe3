package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.ImagePolicy;
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
        Set<String> trustRoots = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (PolicyFiles.Entry entry : entries) {
            JsonNode object = entry.object();
            switch (object.path("kind").asText("")) {
                case "Namespace" -> namespaces.add(labels(object));
                case "TrustRoot" -> trustRoots.add(name(object));
                case PolicyReader.KIND, "ImagePolicy" -> {
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
            each(policy, names, namespaces, trustRoots);
        }
        new ShadowRules(policies).check();
        findings.sort(Comparator.comparing(Finding::file)
                .thenComparing(Finding::document)
                .thenComparing(Finding::object)
                .thenComparing(Finding::severity));
        return List.copyOf(findings);
    }

    private static void each(
            PolicyObject policy, Set<String> names, List<Map<String, String>> namespaces, Set<String> trustRoots) {
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
        new AuthorityRules(policy, trustRoots).check();
        broken(policy, before);
    }

    /** That a policy is broken is said where nothing that was found says so more clearly. */
    private static void broken(PolicyObject policy, int before) {
        ImagePolicy read = policy.policy();
        if (read.problem() == null) {
            return;
        }
        Matcher field = FIELD.matcher(read.problem());
        String path = field.find() ? field.group(1) : "";
        boolean told = policy.findings().subList(before, policy.findings().size()).stream()
                .anyMatch(finding -> finding.path().equals(path) && finding.severity() == Severity.ERROR);
        if (!told || read.problem().contains("; ")) {
            policy.found(
                    LintCode.POLICY_BROKEN,
                    path,
                    "It can't be applied as written: %s.".formatted(read.problem()).replaceFirst("\\.\\.$", "."));
        }
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
        namespace.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        labels.put("kubernetes.io/metadata.name", name(namespace));
        return labels;
    }
}
