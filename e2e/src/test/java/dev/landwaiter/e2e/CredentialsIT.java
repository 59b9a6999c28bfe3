package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose credentials a private registry sees. */
@OnRealCluster
class CredentialsIT {
    private final PushedImage image;
    private final Tenant tenant;

    CredentialsIT(Session session) {
        image = session.images().pushSigned("private/api:1");
        tenant = session.tenant("credentials");
        tenant.requireSignature(
                session.images().address(Registry.WITHOUT_REFERRERS_API) + "/private/*",
                session.images().key(KeyKind.ECDSA_P256));
        // what the fixture gave to every Pod of this namespace
        tenant.kubectl("patch", "serviceaccount", "default", "-p", "{\"imagePullSecrets\": null}")
                .output();
        tenant.kubectl("create", "serviceaccount", "with-secret").output();
        tenant.kubectl("patch", "serviceaccount", "with-secret", "-p", "{\"imagePullSecrets\": [{\"name\": \"pull\"}]}")
                .output();
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private String pod(String name, String more) {
        return tenant.pod(name, image.reference()) + more.indent(2);
    }

    private void assertPinned(JsonNode pod) {
        assertThat(pod.at("/spec/containers/0/image").asText()).isEqualTo(image.pinned());
    }

    @Test
    void theSecretThatThePodNamesOpensARegistry() {
        assertPinned(tenant.created(pod("named", "imagePullSecrets: [{name: pull}]")));
    }

    @Test
    void theSecretOfTheServiceAccountDoesWhereThePodNamesNone() {
        assertPinned(tenant.created(pod("account", "serviceAccountName: with-secret")));
    }

    @Test
    void withoutCredentialsARefusalSaysSo() {
        Command.Result denied = tenant.create(pod("anonymous", ""));
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("REGISTRY_UNAUTHORIZED", image.reference());
    }

    @Test
    void aWrongPasswordIsToldByTheNameOfItsSecretAndNeverShown() {
        tenant.pullSecret("stale", "yesterdays-password");
        Command.Result denied = tenant.create(pod("stale", "imagePullSecrets: [{name: stale}]"));
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err())
                .contains("REGISTRY_UNAUTHORIZED", tenant.namespace() + "/stale")
                .doesNotContain("yesterdays-password");
    }

    @Test
    void aMissingSecretIsNamed() {
        Command.Result denied = tenant.create(pod("missing", "imagePullSecrets: [{name: not-there}]"));
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("REGISTRY_UNAUTHORIZED", "not-there");
    }
}
