package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyFiles;
import java.util.List;

/** A policy as it stands in its file, beside what was read of it. */
record PolicyObject(PolicyFiles.Entry entry, ImagePolicy policy, List<LintFinding> findings) {
    JsonNode spec() {
        return entry.object().path("spec");
    }

    JsonNode authorities() {
        return spec().path("authorities");
    }

    /** How many authorities must pass. */
    int threshold() {
        return spec().path("threshold").asInt(1);
    }

    /** How many authorities pass everything. */
    int staticPasses() {
        return statics("pass");
    }

    /** Whether nothing it is for can ever be accepted, whoever signed it. */
    boolean refusesAll() {
        return !authorities().isEmpty() && authorities().size() - statics("fail") < threshold();
    }

    /** Whether everything it is for is accepted, whoever signed it. */
    boolean passesAll() {
        return !policy.broken() && staticPasses() >= threshold();
    }

    static boolean isStatic(JsonNode authority, String action) {
        return authority.path("static").path("action").asText("").equals(action);
    }

    private int statics(String action) {
        int count = 0;
        for (JsonNode authority : authorities()) {
            count += isStatic(authority, action) ? 1 : 0;
        }
        return count;
    }

    /** Notes what was found in the field at {@code path}. */
    void found(LintCode code, String path, String message, String instead) {
        findings.add(new LintFinding(
                entry.file().toString(), entry.document(), policy.title(), path, code, message, instead));
    }

    void found(LintCode code, String path, String message) {
        found(code, path, message, "");
    }
}
