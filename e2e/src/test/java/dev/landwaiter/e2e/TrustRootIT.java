package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Trust roots while the webhook runs. */
@OnRealCluster
class TrustRootIT {
    private static final String ALICE = "alice@e2e.test";

    private final Session session;
    private final Sigstore sigstore;
    private final Tenant tenant;
    private final PushedImage image;

    TrustRootIT(Session session) {
        this.session = session;
        sigstore = session.sigstore();
        tenant = session.tenant("trust-root");
        image = session.images().push(Registry.WITHOUT_REFERRERS_API, "trust-root/api:1");
        sigstore.sign(image, sigstore.identity(ALICE), Witnessed.COSIGN_3_REKOR_2);
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private String policy(String trustRoot) {
        return Policies.of(
                "**/trust-root/*", Policies.keyless("release", trustRoot, Policies.exactly(sigstore.issuer(), ALICE)));
    }

    private void awaitAdmission() {
        Await.until("the image is admitted", () -> tenant.tried(image), result -> result.exit() == 0);
    }

    private void awaitDenial(String code) {
        Await.until(
                "the image is denied",
                () -> tenant.tried(image),
                result -> result.err().contains(code));
    }

    @Test
    void aTrustRootThatChangesTakesEffectInBothDirections() {
        String root = tenant.trustRoot("turning", sigstore.trustRootOfAStranger());
        tenant.policy("release", policy(root));
        assertThat(tenant.denies(image)).contains("SIGNATURE_INVALID");

        tenant.trustRoot("turning", sigstore.trustRoot());
        awaitAdmission();

        tenant.trustRoot("turning", sigstore.trustRootOfAStranger());
        awaitDenial("SIGNATURE_INVALID");
    }

    @Test
    void aPolicyWaitsForItsTrustRootAndRefusesMeanwhile() {
        String root = tenant.namespace() + "-late";
        String policy = tenant.applyPolicy("release", policy(root));
        JsonNode ready = Await.until(
                "a verdict on the policy", () -> tenant.readiness(policy), condition -> !condition.isMissingNode());
        assertThat(ready.path("status").asText()).isEqualTo("False");
        assertThat(ready.path("message").asText()).contains("trustRootRef", root);
        assertThat(tenant.denies(image)).contains("POLICY_BROKEN");

        tenant.trustRoot("late", sigstore.trustRoot());
        awaitAdmission();
        Await.until(
                "the policy says that it holds",
                () -> tenant.readiness(policy),
                condition -> condition.path("status").asText().equals("True"));

        session.cluster().kubectl("delete", "trustroot", root).output();
        awaitDenial("POLICY_BROKEN");
    }

    @Test
    void aTrustRootThatCannotBeReadSaysWhy() {
        String root = tenant.trustRoot("broken", "{\"mediaType\": \"application/json\"}");
        JsonNode ready = Await.until(
                "a verdict on the trust root",
                () -> tenant.condition("trustroot", root),
                condition -> !condition.isMissingNode());
        assertThat(ready.path("status").asText()).isEqualTo("False");
        assertThat(ready.path("message").asText()).contains("mediaType");
    }

    @Test
    void aTrustRootOfAConfigMapFollowsIt() {
        String name = tenant.namespace() + "-trusted-root";
        configMap(name, sigstore.trustRootOfAStranger());
        try {
            String root = tenant.trustRootOf("mapped", "configMapRef: {name: %s}".formatted(name));
            tenant.policy("release", policy(root));
            assertThat(tenant.denies(image)).contains("SIGNATURE_INVALID");

            configMap(name, sigstore.trustRoot());
            awaitAdmission();
        } finally {
            session.cluster()
                    .kubectl("-n", "landwaiter", "delete", "configmap", name)
                    .output();
        }
    }

    private void configMap(String name, String json) {
        String object = session.cluster()
                .kubectl("-n", "landwaiter", "create", "configmap", name, "--dry-run=client", "-o", "json")
                .and("--from-literal=trusted_root.json=" + json)
                .output();
        session.cluster()
                .kubectl("-n", "landwaiter", "apply", "-f", "-")
                .reading(object)
                .output();
    }
}
