package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What an ImagePolicy would cost, told from the object as it was written, without reading or compiling anything of it.
 *
 * @param bytes of its spec as JSON
 * @param globCharacters of all its globs
 * @param conditionBytes of the expressions of its attestations
 * @param patternInstructions that its identities' patterns would be compiled to, about
 * @param materials the Secrets and ConfigMaps that it names, which would have to be watched
 */
public record PolicySize(
        long bytes, long globCharacters, long conditionBytes, long patternInstructions, Set<String> materials) {
    public PolicySize {
        materials = Set.copyOf(materials);
    }

    /** The size of {@code policy}, whatever it looks like. */
    public static PolicySize of(JsonNode policy) {
        JsonNode spec = policy.path("spec");
        long globs = 0;
        for (JsonNode image : spec.path("images")) {
            globs += image.path("glob").asText("").length();
        }
        long conditions = 0;
        long patterns = 0;
        Set<String> materials = new HashSet<>();
        for (JsonNode authority : spec.path("authorities")) {
            for (JsonNode attestation : authority.path("attestations")) {
                conditions += bytes(attestation.path("policy").path("data").asText(""));
            }
            for (JsonNode identity : authority.path("keyless").path("identities")) {
                patterns += patterns(identity);
            }
            for (String kind : Set.of("secretRef", "configMapRef")) {
                JsonNode reference = authority.path("key").path(kind);
                if (reference.isObject()) {
                    boolean _ =
                            materials.add(kind + " " + reference.path("name").asText(""));
                }
            }
        }
        return new PolicySize(bytes(spec.toString()), globs, conditions, patterns, materials);
    }

    private static long patterns(JsonNode identity) {
        long instructions = 0;
        for (Map.Entry<String, JsonNode> field : identity.properties()) {
            if (field.getKey().equals("extensionsRegExp")) {
                for (JsonNode pattern : field.getValue()) {
                    instructions += IdentityReader.instructions(pattern.asText(""));
                }
            } else if (field.getKey().endsWith("RegExp")) {
                instructions += IdentityReader.instructions(field.getValue().asText(""));
            }
        }
        return instructions;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
