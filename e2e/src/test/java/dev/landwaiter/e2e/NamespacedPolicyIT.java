package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A tenant's own policies, which can only tighten. */
@OnRealCluster
class NamespacedPolicyIT {
    private final Session session;
    private final Images images;
    private final Tenant tenant;
    private final PushedImage signed;
    private final PushedImage unsigned;

    NamespacedPolicyIT(Session session) {
        this.session = session;
        images = session.images();
        tenant = session.tenant("own-policy");
        signed = images.pushSigned("own-policy/signed:1");
        unsigned = images.pushUnsigned("own-policy/unsigned:1");
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private void own(String name, String spec) {
        tenant.namespacedPolicy(name, "images: [{glob: '**/own-policy/*'}]\n" + spec);
        Await.until(
                "ImagePolicy " + name + " holds",
                () -> tenant.condition("imagepolicy", name),
                ready -> ready.path("status").asText().equals("True"));
    }

    @Test
    void itDeniesInItsOwnNamespaceAlone() {
        own("nothing", "authorities: [{static: {action: fail, message: closed for repairs}}]");
        assertThat(tenant.denies(signed))
                .contains(
                        "STATIC_FAIL",
                        "ImagePolicy \"%s/nothing\"".formatted(tenant.namespace()),
                        "closed for repairs");
        try (Tenant other = session.tenant("neighbour")) {
            other.admits(signed);
        }
    }

    @Test
    void itDoesNotExcuseFromAClusterImagePolicy() {
        tenant.requireSignature("**/own-policy/*", images.key(KeyKind.ECDSA_P256));
        own("anything", "authorities: [{static: {action: pass}}]");
        assertThat(tenant.denies(unsigned)).contains("SIGNATURE_MISSING", "ClusterImagePolicy");
        JsonNode record = tenant.admits(signed);
        assertThat(record.path("policies").toString()).contains(tenant.namespace() + "-signed");
    }

    @Test
    void modeWarnIsReadOnTheTerminal() {
        own("advice", "mode: warn\nauthorities: [{static: {action: fail, message: please rebuild}}]");
        Command.Result result = tenant.tried(signed);
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err())
                .startsWith("Warning: spec.containers[0].image: STATIC_FAIL: ")
                .contains("please rebuild");
    }

    @Test
    void aPolicyIsForPodsOfTheLabelsThatItNames() {
        tenant.policy("edge", """
                match: [{version: v1, resource: pods, selector: {matchLabels: {tier: edge}}}]
                images: [{glob: "**/own-policy/*"}]
                authorities: [{static: {action: fail}}]
                """);
        tenant.admits(unsigned);
        String edge = tenant.pod("edge", unsigned.reference())
                .replace("name: edge\n", "name: edge\n  labels: {tier: edge}\n");
        assertThat(tenant.create(edge, "--dry-run=server").err()).contains("STATIC_FAIL");
    }
}
