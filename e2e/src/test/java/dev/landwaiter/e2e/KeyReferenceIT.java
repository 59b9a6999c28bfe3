package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys in Secrets and ConfigMaps, and what changes while the webhook runs. */
@OnRealCluster
class KeyReferenceIT {
    private final Session session;
    private final Images images;
    private final Tenant tenant;
    private final SigningKey oldKey;
    private final SigningKey newKey;
    private final PushedImage byOldKey;
    private final PushedImage byNewKey;
    private final String name;

    KeyReferenceIT(Session session) {
        this.session = session;
        images = session.images();
        tenant = session.tenant("key-reference");
        name = tenant.namespace();
        oldKey = images.newKey(KeyKind.ECDSA_P256);
        newKey = images.newKey(KeyKind.ECDSA_P256);
        byOldKey = signed("key-reference/old:1", oldKey);
        byNewKey = signed("key-reference/new:1", newKey);
    }

    private PushedImage signed(String repository, SigningKey key) {
        return images.pushSigned(Registry.WITH_REFERRERS_API, repository, key, Signature.COSIGN_3_BUNDLE);
    }

    @AfterEach
    void leave() {
        tenant.close();
        session.cluster()
                .kubectl("-n", "landwaiter", "delete", "--ignore-not-found", "secret/" + name, "configmap/" + name)
                .output();
    }

    private static String policy(String reference) {
        return Policies.of("**/key-reference/*", "name: release\nkey: {%s}".formatted(reference));
    }

    private void store(String namespace, String kind, String pem) {
        Command create = session.cluster().kubectl("-n", namespace, "create");
        create = kind.equals("secret") ? create.and(kind, "generic", name) : create.and(kind, name);
        String object = create.and("--from-literal=cosign.pub=" + pem, "--dry-run=client", "-o", "json")
                .output();
        session.cluster()
                .kubectl("-n", namespace, "apply", "-f", "-")
                .reading(object)
                .output();
    }

    private void awaitThat(PushedImage admitted, PushedImage denied) {
        Await.until("another key is believed", () -> tenant.tried(admitted), result -> result.exit() == 0);
        Await.until(
                "the former is no longer believed",
                () -> tenant.tried(denied),
                result -> result.err().contains("SIGNATURE_INVALID"));
    }

    @Test
    void aKeyInASecretThatChangesTakesEffectAtOnceInBothDirections() {
        changes("secret", "secretRef");
    }

    @Test
    void aKeyInAConfigMapThatChangesTakesEffectAtOnceInBothDirections() {
        changes("configmap", "configMapRef");
    }

    private void changes(String kind, String field) {
        store("landwaiter", kind, oldKey.publicPem());
        tenant.policy("release", policy(field + ": {name: " + name + "}"));
        tenant.admits(byOldKey);
        assertThat(tenant.denies(byNewKey)).contains("SIGNATURE_INVALID");

        store("landwaiter", kind, newKey.publicPem());
        awaitThat(byNewKey, byOldKey);

        // rotation: both for a while
        store("landwaiter", kind, oldKey.publicPem() + newKey.publicPem());
        Await.until("the old key is back", () -> tenant.tried(byOldKey), result -> result.exit() == 0);
        tenant.admits(byNewKey);

        session.cluster().kubectl("-n", "landwaiter", "delete", kind, name).output();
        Await.until(
                "without its key, the policy refuses",
                () -> tenant.tried(byNewKey),
                result -> result.err().contains("POLICY_BROKEN"));
    }

    /** Secrets may be read by name for Pods' pull secrets already. */
    @Test
    void anImagePolicyReadsTheSecretsOfItsOwnNamespace() {
        store(tenant.namespace(), "secret", oldKey.publicPem());
        tenant.namespacedPolicy("release", policy("secretRef: {name: " + name + "}"));
        awaitThatItHolds();
    }

    @Test
    void anImagePolicyReadsTheConfigMapsOfItsOwnNamespaceOnceItMay() {
        store(tenant.namespace(), "configmap", oldKey.publicPem());
        tenant.namespacedPolicy("release", policy("configMapRef: {name: " + name + "}"));
        JsonNode forbidden = Await.until(
                "a verdict on the policy",
                () -> tenant.condition("imagepolicy", "release"),
                ready -> !ready.isMissingNode());
        assertThat(forbidden.path("status").asText()).isEqualTo("False");
        assertThat(forbidden.path("message").asText()).contains("spec.authorities[0].key.configMapRef", name);
        assertThat(tenant.denies(byOldKey)).contains("POLICY_BROKEN", "ImagePolicy");

        // as manifests/samples/image-policy.yaml does
        tenant.kubectl("create", "rolebinding", "landwaiter-policy-materials")
                .and("--clusterrole=landwaiter-policy-materials", "--serviceaccount=landwaiter:landwaiter")
                .output();
        awaitThatItHolds();
    }

    private void awaitThatItHolds() {
        Await.until(
                "the policy holds",
                Duration.ofMinutes(2),
                () -> tenant.condition("imagepolicy", "release"),
                ready -> ready.path("status").asText().equals("True"));
        tenant.admits(byOldKey);
        assertThat(tenant.denies(byNewKey)).contains("SIGNATURE_INVALID", "ImagePolicy");
    }

    @Test
    void aSecretOfAnotherNamespaceIsRefusedByItsPath() {
        tenant.applyPolicy("elsewhere", policy("secretRef: {name: %1$s, namespace: %1$s}".formatted(name)));
        JsonNode ready = Await.until(
                "a verdict on the policy",
                () -> tenant.readiness(name + "-elsewhere"),
                condition -> !condition.isMissingNode());
        assertThat(ready.path("message").asText())
                .contains("spec.authorities[0].key.secretRef.namespace", "\"landwaiter\"");
    }
}
