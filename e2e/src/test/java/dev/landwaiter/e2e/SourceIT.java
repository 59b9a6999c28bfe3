package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures in another repository of another registry, for which the Pod's own Secrets are no good. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourceIT {
    private static final String ALICE = "alice@e2e.test";

    private final Session session;
    private final Images images;
    private final Sigstore sigstore;
    private final Tenant tenant;
    private final String signatures;
    private final String secret;

    SourceIT(Session session) {
        this.session = session;
        images = session.images();
        sigstore = session.sigstore();
        tenant = session.tenant("source");
        signatures = images.address(Registry.WITH_REFERRERS_API) + "/signatures/api";
        secret = tenant.namespace() + "-signatures";
        tenant.kubectl("delete", "secret", "pull").output();
        tenant.pullSecret(tenant.namespace(), "pull", "devpw", Registry.WITHOUT_REFERRERS_API);
        tenant.pullSecret("landwaiter", secret, "devpw", Registry.WITH_REFERRERS_API);
        String root = tenant.trustRoot("private", sigstore.trustRoot());
        tenant.policy("with-secret", policy("with-secret", root, secret));
        tenant.policy("without-secret", policy("without-secret", root, ""));
    }

    private String policy(String repository, String root, String pullSecret) {
        String secrets = pullSecret.isEmpty() ? "" : ", signaturePullSecrets: [{name: %s}]".formatted(pullSecret);
        return Policies.of(
                "**/" + repository + "/*",
                Policies.keyless(
                        "release",
                        root,
                        Policies.exactly(sigstore.issuer(), ALICE),
                        "source: [{oci: \"%s\"%s}]".formatted(signatures, secrets)));
    }

    @AfterAll
    void leave() {
        tenant.close();
        session.cluster()
                .kubectl("-n", "landwaiter", "delete", "secret", secret)
                .output();
    }

    private PushedImage signedElsewhere(String repository, Witnessed form) {
        PushedImage image = images.push(Registry.WITHOUT_REFERRERS_API, repository + "/" + form.path() + ":1");
        sigstore.signElsewhere(image, sigstore.identity(ALICE), form, signatures);
        return image;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"COSIGN_3_REKOR_2", "COSIGN_3_OLD_FORM", "COSIGN_2_OLD_FORM"})
    void theSecretsOfTheSourceOpenIt(Witnessed form) {
        tenant.admits(signedElsewhere("with-secret", form));
    }

    @Test
    void withoutThemARefusalSaysWhoRefusedTheLookUp() {
        PushedImage image = signedElsewhere("without-secret", Witnessed.COSIGN_2_OLD_FORM);
        assertThat(tenant.denies(image))
                .contains("REGISTRY_UNAUTHORIZED", signatures.substring(0, signatures.indexOf('/')));
    }

    @Test
    void theImageItselfIsNotFetchedWithThem() {
        String reference = images.address(Registry.WITH_REFERRERS_API) + "/with-secret/private:1";
        images.push(Registry.WITH_REFERRERS_API, "with-secret/private:1");
        Command.Result result = tenant.create(tenant.pod("private", reference), "--dry-run=server");
        assertThat(result.err()).contains("REGISTRY_UNAUTHORIZED", reference);
    }

    @Test
    void asSourceOfAnImagePolicyTheSecretIsOfItsOwnNamespace() {
        try (Tenant other = session.tenant("own-source")) {
            other.kubectl("delete", "secret", "pull").output();
            other.pullSecret(other.namespace(), "pull", "devpw", Registry.WITHOUT_REFERRERS_API);
            other.pullSecret(other.namespace(), "signatures", "devpw", Registry.WITH_REFERRERS_API);
            String root = other.trustRoot("private", sigstore.trustRoot());
            other.namespacedPolicy("release", policy("own", root, "signatures"));
            JsonNode ready = Await.until(
                    "a verdict on the policy",
                    () -> other.condition("imagepolicy", "release"),
                    condition -> !condition.isMissingNode());
            assertThat(ready.path("status").asText()).as(ready.toString()).isEqualTo("True");
            other.admits(signedElsewhere("own", Witnessed.COSIGN_3_REKOR_2));
        }
    }
}
