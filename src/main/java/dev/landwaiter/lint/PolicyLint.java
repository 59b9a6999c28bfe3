package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyObjects;
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
import org.jspecify.annotations.Nullable;

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
    public List<LintFinding> lint(PolicyFiles files) {
        List<LintFinding> findings = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        List<PolicyFiles.Entry> entries = files.entries(unreadable);
        unreadable.forEach(problem -> findings.add(ofFile(problem)));
        List<PolicyObject> policies = new ArrayList<>();
        List<Map<String, String>> namespaces = new ArrayList<>();
        Set<String> names = new HashSet<>();
        PolicyReader over = PolicyObjects.readerOver(entries, reader);
        List<PolicyFiles.Entry> exceptions = new ArrayList<>();
        for (PolicyFiles.Entry entry : entries) {
            JsonNode object = entry.object();
            String kind = object.path("kind").asText("");
            switch (kind) {
                case "Namespace" -> namespaces.add(labels(object));
                case "Secret", "ConfigMap" -> {}
                case PolicyReader.KIND,
                        PolicyReader.NAMESPACED_KIND,
                        PolicyReader.TRUST_ROOT_KIND,
                        PolicyReader.EXCEPTION_KIND -> {
                    if (!object.path("apiVersion").asText("").equals(PolicyReader.API_VERSION)) {
                        findings.add(foreign(entry));
                    } else if (kind.equals(PolicyReader.TRUST_ROOT_KIND)) {
                        broken(entry, over.readTrustRoot(object).problem(), findings);
                    } else if (kind.equals(PolicyReader.EXCEPTION_KIND)) {
                        exceptions.add(entry);
                    } else {
                        policies.add(new PolicyObject(entry, over.read(object), findings));
                    }
                }
                default -> findings.add(foreign(entry));
            }
        }
        exceptions.forEach(entry -> exception(entry, over.readExemption(entry.object()), policies, findings));
        for (PolicyObject policy : policies) {
            each(policy, names, namespaces);
        }
        new ShadowRules(policies).check();
        findings.sort(Comparator.comparing(LintFinding::file)
                .thenComparingInt(LintFinding::document)
                .thenComparing(LintFinding::object)
                .thenComparing(LintFinding::severity));
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
        List<LintFinding> found =
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

    private static boolean says(LintFinding finding, String path) {
        return finding.severity() == Severity.ERROR
                && (finding.path().equals(path)
                        || (path.endsWith("]") && finding.path().startsWith(path + ".")));
    }

    private static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }

    private static void exception(
            PolicyFiles.Entry entry, Exemption exemption, List<PolicyObject> policies, List<LintFinding> findings) {
        broken(entry, exemption.problem(), findings);
        exemption.policies().stream()
                .sorted()
                .filter(id -> policies.stream()
                        .noneMatch(policy -> policy.policy().id().equals(id)))
                .forEach(id -> findings.add(found(
                        entry,
                        LintCode.EXCEPTION_FOR_NO_POLICY,
                        "spec.policies",
                        "No policy \"%s\" is in these files, so the exception has no effect on it.".formatted(id))));
    }

    private static void broken(PolicyFiles.Entry entry, @Nullable String problem, List<LintFinding> findings) {
        if (problem != null) {
            boolean notFollowed = problem.contains(NOT_FOLLOWED);
            findings.add(found(
                    entry,
                    notFollowed ? LintCode.REFERENCE_MISSING : LintCode.POLICY_BROKEN,
                    "spec",
                    "It can't be applied as written: " + ended(problem)));
        }
    }

    private static LintFinding found(PolicyFiles.Entry entry, LintCode code, String path, String message) {
        String title = "%s \"%s\"".formatted(entry.object().path("kind").asText(""), name(entry.object()));
        return new LintFinding(entry.file().toString(), entry.document(), title, path, code, message, "");
    }

    private static LintFinding ofFile(String problem) {
        int colon = problem.indexOf(": ");
        return new LintFinding(
                problem.substring(0, colon),
                0,
                "",
                "",
                LintCode.FILE_UNREADABLE,
                "It is " + problem.substring(colon + 2) + ".",
                "");
    }

    private static LintFinding foreign(PolicyFiles.Entry entry) {
        String kind = entry.object().path("kind").asText("");
        String version = entry.object().path("apiVersion").asText("");
        String next = version.startsWith(SIGSTORE)
                ? "'landwaiter policy import' makes one of ours of it."
                : "Keep it in another folder: the webhook refuses this one.";
        return found(
                entry,
                LintCode.KIND_UNKNOWN,
                "kind",
                "\"%s\" of \"%s\" is not read from files. %s".formatted(kind, version, next));
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
