package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.yaml.TestYaml;

/** Objects as admins write them. */
final class Yaml {
    static final String KEY = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH
            g/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==
            -----END PUBLIC KEY-----
            """;
    static final String OTHER_KEY = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAFeUZFLZ/ufZk11QwzUVHcS4k3hkLJS2AEIHJNhnYmtI=
            -----END PUBLIC KEY-----
            """;

    private Yaml() {}

    static JsonNode tree(String yaml) {
        return TestYaml.document(yaml);
    }

    /** A text as a flow scalar. */
    static String quoted(String text) {
        return "\"" + text.replace("\n", "\\n") + "\"";
    }

    /** A ClusterImagePolicy for {@code a/b} with one authority, in flow style. */
    static JsonNode policyOf(String authority) {
        return tree("kind: ClusterImagePolicy\nmetadata: {name: p}\nspec: {images: [{glob: a/b}], authorities: [%s]}"
                .formatted(authority));
    }
}
