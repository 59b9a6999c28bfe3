package dev.landwaiter.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.TrustRoot;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what an import writes as the webhook will read it: what that refuses must not be written as if all were well. What an object refers
 * to is taken to be there and good, since it comes from elsewhere.
 */
final class ReadBack {
    private static final byte[] SOME_KEY = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/y41CLusXwqWCubXPmS8rhnHlus8
            oW4OLhSK5yh0nF3JwObZnYD1eZL6sFhISMa+u2JnOpGw5BzLBKF30QOvDg==
            -----END PUBLIC KEY-----
            """.getBytes(StandardCharsets.UTF_8);
    private static final String ONLY_AUTHORITY = "spec.authorities[0]";

    private static final PolicyReader READER = new PolicyReader().over(new Materials() {
        @Override
        public Stored secret(String namespace, String name) {
            return new Stored.Present("", Map.of("cosign.pub", SOME_KEY));
        }

        @Override
        public Optional<TrustRoot> trustRoot(String name) {
            return Optional.of(new TrustRoot(name, "", publicGood(), null));
        }
    });

    private ReadBack() {}

    /** Why the webhook could not apply a policy with {@code authority}, which was read at {@code path}; empty where it can. */
    static Optional<String> problemOfAuthority(ObjectNode authority, String path) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.putObject("metadata").put("name", "one");
        ObjectNode spec = policy.putObject("spec");
        spec.putArray("images").addObject().put("glob", "**");
        spec.putArray("authorities").add(authority);
        return problemOfPolicy(policy).map(problem -> problem.replace(ONLY_AUTHORITY, path));
    }

    /** Why the webhook could not apply {@code policy}; empty where it can. */
    static Optional<String> problemOfPolicy(JsonNode policy) {
        return Optional.ofNullable(READER.read(policy).problem());
    }

    /** Why the webhook could not use {@code trustRoot}; empty where it can. */
    static Optional<String> problemOfTrustRoot(JsonNode trustRoot) {
        return Optional.ofNullable(READER.readTrustRoot(trustRoot).problem());
    }
}
