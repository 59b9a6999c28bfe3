package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.ImageGlob;

/** Of a policy's authorities: which are never asked, never pass, or count for more than one. */
final class AuthorityRules {
    private final PolicyObject policy;

    AuthorityRules(PolicyObject policy) {
        this.policy = policy;
    }

    void check() {
        JsonNode authorities = policy.authorities();
        for (int i = 0; i < authorities.size(); i++) {
            String path = "spec.authorities[" + i + "]";
            JsonNode authority = authorities.get(i);
            statics(authority, path, authorities.size());
            if (authority.path("keyless").isObject()) {
                new IdentityRules(policy).check(authority.path("keyless"), path + ".keyless");
            }
            attestations(authority.path("attestations"), path + ".attestations");
        }
        threshold();
        new SignerRules(policy).check();
        if (policy.spec().path("onUnavailable").asText("").equals("admit")) {
            policy.found(
                    LintCode.UNAVAILABLE_ADMITS,
                    "spec.onUnavailable",
                    "While the registry does not answer, images get in unchecked, so anyone who can keep it from answering lets them in.",
                    "onUnavailable: deny");
            policy.policy().images().stream()
                    .filter(AuthorityRules::anyRegistry)
                    .findFirst()
                    .ifPresent(glob -> policy.found(
                            LintCode.UNAVAILABLE_ANY_REGISTRY,
                            "spec.onUnavailable",
                            "\"%s\" lets the author of the image field choose the registry: one of their own only has to answer 503 for the image to get in unchecked. Name the registries in the globs."
                                    .formatted(glob),
                            "onUnavailable: deny"));
        }
        String mode = policy.spec().path("mode").asText("enforce");
        if (mode.equals("warn") || mode.equals("audit")) {
            policy.found(
                    LintCode.MODE_ADMITS,
                    "spec.mode",
                    "\"%s\" refuses nothing, and such a policy does not count as a match for --no-match."
                            .formatted(mode),
                    "mode: enforce");
        }
    }

    /** Whether the registry's part of {@code glob} has a star in it, which others can fill. */
    private static boolean anyRegistry(ImageGlob glob) {
        int slash = glob.text().indexOf('/');
        return glob.text()
                        .substring(0, slash < 0 ? glob.text().length() : slash)
                        .indexOf('*')
                >= 0;
    }

    private void statics(JsonNode authority, String path, int all) {
        boolean decided = policy.passesAll();
        if (!PolicyObject.isStatic(authority, "pass") && decided) {
            policy.found(
                    LintCode.AUTHORITY_MOOT,
                    path,
                    "It is never asked: a static pass beside it lets every image in. Put the pass into a policy of its own, for the images it is meant for.");
        } else if (PolicyObject.isStatic(authority, "fail") && all > 1 && !policy.refusesAll()) {
            policy.found(
                    LintCode.AUTHORITY_NEVER_PASSES,
                    path,
                    "It forbids nothing: the other authorities decide. To forbid images, put it into a policy of its own.");
        }
    }

    private void attestations(JsonNode attestations, String path) {
        for (int i = 0; i < attestations.size(); i++) {
            String condition = attestations.get(i).path("policy").path("data").asText("");
            if (condition.isBlank() || condition.strip().equals("true")) {
                policy.found(
                        LintCode.ATTESTATION_UNCONDITIONAL,
                        path + "[" + i + "].policy",
                        "It is enough that the attestation is there and signed, whatever it says.");
            }
        }
    }

    private void threshold() {
        int threshold = policy.threshold();
        int passes = policy.staticPasses();
        if (policy.refusesAll() && policy.authorities().size() > 1) {
            policy.found(
                    LintCode.THRESHOLD_UNREACHABLE,
                    "spec.threshold",
                    "%d must pass, but no more than %d can: every image is refused.".formatted(threshold, passable()));
        } else if (passes > 0 && threshold > passes) {
            policy.found(
                    LintCode.THRESHOLD_LOWERED,
                    "spec.threshold",
                    "%d must pass, but %d always %s: %d of the others %s enough."
                            .formatted(
                                    threshold,
                                    passes,
                                    passes == 1 ? "does" : "do",
                                    threshold - passes,
                                    threshold - passes == 1 ? "is" : "are"));
        }
    }

    private int passable() {
        int count = 0;
        for (JsonNode authority : policy.authorities()) {
            count += PolicyObject.isStatic(authority, "fail") ? 0 : 1;
        }
        return count;
    }
}
