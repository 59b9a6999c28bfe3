package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a policy's status tells its author. */
@OnRealCluster
class PolicyStatusIT {
    private static final String BROKEN_KEY = """
            images: [{glob: broken.e2e.test/**}]
            authorities:
              - name: release
                key: {data: "-----BEGIN PUBLIC KEY-----\\nbm90IGEga2V5\\n-----END PUBLIC KEY-----\\n"}
            """;

    private final Session session;
    private final Tenant tenant;

    PolicyStatusIT(Session session) {
        this.session = session;
        tenant = session.tenant("status");
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    void aPolicyThatHoldsSaysForWhichGeneration() {
        String name =
                tenant.requireSignature("good.e2e.test/**", session.images().key(KeyKind.ECDSA_P256));
        JsonNode ready = tenant.readiness(name);
        assertThat(ready.path("status").asText()).isEqualTo("True");
        assertThat(ready.path("reason").asText()).isNotEmpty();

        session.cluster()
                .kubectl("patch", "clusterimagepolicy", name, "--type=merge", "-p", "{\"spec\": {\"mode\": \"warn\"}}")
                .output();
        JsonNode later =
                Await.until("ready again", () -> tenant.readiness(name), condition -> !condition.isMissingNode());
        assertThat(later.path("observedGeneration").asLong())
                .isGreaterThan(ready.path("observedGeneration").asLong());
    }

    @Test
    void aBrokenPolicySaysWhyAndRefusesUntilItIsMended() {
        String name = tenant.applyPolicy("broken", BROKEN_KEY);
        JsonNode ready =
                Await.until("a verdict on it", () -> tenant.readiness(name), condition -> !condition.isMissingNode());
        assertThat(ready.path("status").asText()).isEqualTo("False");
        assertThat(ready.path("message").asText()).contains("spec.authorities[0].key.data");
        Command.Result denied = tenant.create(tenant.pod("refused", "broken.e2e.test/image:1"), "--dry-run=server");
        assertThat(denied.err()).contains("POLICY_BROKEN", name);

        tenant.policy(
                "broken", Tenant.signedBy("broken.e2e.test/**", session.images().key(KeyKind.ECDSA_P256)));
        assertThat(session.cluster().kubectl("get", "clusterimagepolicy", name).output())
                .contains("True");
    }

    @Test
    void aBrokenPolicyOfModeWarnWarns() {
        tenant.applyPolicy("warns", "mode: warn\n" + BROKEN_KEY);
        Command.Result admitted = Await.until(
                "a warning",
                () -> tenant.create(tenant.pod("warned", "broken.e2e.test/image:1"), "--dry-run=server"),
                result -> result.err().contains("POLICY_BROKEN"));
        assertThat(admitted.exit()).isZero();
    }
}
