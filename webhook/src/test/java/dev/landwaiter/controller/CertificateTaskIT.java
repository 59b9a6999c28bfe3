package dev.landwaiter.controller;

import static dev.landwaiter.kubernetes.CertificatesApi.NAMESPACE;
import static dev.landwaiter.kubernetes.CertificatesApi.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.CertificatesApi;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.settings.Settings;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The controller against an API server in memory. */
class CertificateTaskIT {
    private static final Map<String, List<String>> FLAGS = Map.of(
            "--own-namespace", List.of(NAMESPACE),
            "--webhook-configuration", List.of("landwaiter"),
            "--tls-secret", List.of("landwaiter-tls"),
            "--authority-secret", List.of("landwaiter-authority"),
            "--service", List.of("landwaiter"),
            "--lease", List.of("landwaiter-controller"));

    private final CertificatesApi api = new CertificatesApi();
    private final ClusterConnection cluster = api.connect();

    @AfterEach
    void close() {
        cluster.close();
        api.close();
    }

    private CertificateTask start(String instance) {
        return new CertificateTask(Settings.resolve(FLAGS, Map.of()), cluster, instance, Clock.systemUTC());
    }

    private boolean complete() {
        Secret certificate = api.findSecret("landwaiter-tls");
        Secret authority = api.findSecret("landwaiter-authority");
        return certificate != null
                && certificate.getData() != null
                && certificate.getData().containsKey("tls.key")
                && authority != null
                && authority.getData() != null
                && authority.getData().containsKey("ca.key")
                && api.bundles("landwaiter").stream().allMatch(bundle -> bundle.startsWith("-----BEGIN CERT"));
    }

    @Test
    void installsAuthorityBundlesAndCertificateAndTellsOfIt() {
        api.configurations("landwaiter", "");
        try (CertificateTask task = start("one")) {
            await(this::complete);
            await(() -> task.controller().counts().certificateEnds().isPresent());

            assertThat(task.leads()).isTrue();
            assertThat(task.controller().problem()).isEmpty();
            assertThat(task.controller().counts().certificates()).isEqualTo(1);
            assertThat(api.findSecret("landwaiter-tls").getType()).isEqualTo("kubernetes.io/tls");
            assertThat(api.findSecret("landwaiter-tls").getMetadata().getOwnerReferences())
                    .as("so that it goes when the program is uninstalled")
                    .singleElement()
                    .satisfies(owner -> {
                        assertThat(owner.getKind()).isEqualTo("ServiceAccount");
                        assertThat(owner.getName()).isEqualTo("controller");
                        assertThat(owner.getUid()).isEqualTo("u-1");
                    });
            assertThat(api.applied())
                    .hasSize(2)
                    .allSatisfy(
                            applied -> assertThat(applied)
                                    .contains("fieldManager=landwaiter-controller", "force=true")
                                    .containsPattern(
                                            "\"webhooks\":\\[\\{\"name\":\"[a-z]+\\.landwaiter\\.dev\",\"clientConfig\":\\{\"caBundle\":\"[A-Za-z0-9+/=]+\"}}]}$"));
            await(() -> events().containsAll(List.of("AuthorityCreated", "BundleWritten", "CertificateCreated")));
        }
    }

    private List<String> events() {
        return api.admin().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }

    @Test
    void aConfigurationThatComesLaterIsGivenItsBundle() {
        try (CertificateTask _ = start("one")) {
            await(() -> api.findSecret("landwaiter-tls") != null);

            api.configurations("landwaiter", "");

            await(this::complete);
        }
    }

    @Test
    void whoDropsABundleGetsItBackAtOnce() {
        api.configurations("landwaiter", "");
        try (CertificateTask _ = start("one")) {
            await(this::complete);
            List<String> before = api.bundles("landwaiter");

            api.configurations("landwaiter", "");

            await(() -> api.bundles("landwaiter").equals(before));
        }
    }

    @Test
    void aDeletedOrEmptiedSecretIsRepaired() {
        api.configurations("landwaiter", "");
        try (CertificateTask task = start("one")) {
            await(this::complete);

            api.secret("landwaiter-tls", Map.of("tls.crt", "", "tls.key", ""));
            await(() -> task.controller().counts().certificates() == 2 && complete());
            List<String> before = api.bundles("landwaiter");
            Object _ = api.admin()
                    .secrets()
                    .inNamespace(NAMESPACE)
                    .withName("landwaiter-authority")
                    .delete();
            await(() -> complete() && !api.bundles("landwaiter").equals(before));

            assertThat(api.bundles("landwaiter"))
                    .as("old and new together")
                    .allSatisfy(bundle ->
                            assertThat(bundle).contains(before.getFirst().strip()));
            await(() -> events().contains("AuthorityLost"));
        }
    }

    @Test
    @Tag("attack-49")
    @DisplayName("Attack 49: of two controllers one acts, and the other as soon as the first has ended")
    void oneOfTwoActs() {
        api.configurations("landwaiter", "");
        CertificateTask first = start("one");
        await(this::complete);
        try (CertificateTask second = start("two")) {
            assertThat(second.leads()).isFalse();

            first.close();
            assertThat(lease().getSpec().getHolderIdentity())
                    .as("released, and not left to expire")
                    .isNotEqualTo("one");

            await(second::leads);
            assertThat(second.controller().counts().authorities()).isZero();
        }
        assertThat(lease().getMetadata().getOwnerReferences())
                .isNotEmpty()
                .allSatisfy(owner -> assertThat(owner.getKind()).isEqualTo("ServiceAccount"));
    }

    private Lease lease() {
        return api.admin()
                .leases()
                .inNamespace(NAMESPACE)
                .withName("landwaiter-controller")
                .get();
    }

    @Test
    void withoutARightItSaysWhatIsRefused() {
        api.configurations("landwaiter", "");
        api.refuse("/secrets");
        try (CertificateTask task = start("one")) {
            await(() -> task.controller().problem().isPresent());

            assertThat(task.controller().problem().orElseThrow())
                    .startsWith("the API server did not do it: ")
                    .contains("403");
            assertThat(task.controller().responsive()).isTrue();
        }
    }

    @Test
    void aMissingSettingIsNamed() {
        Map<String, List<String>> flags = new HashMap<>(FLAGS);
        var _ = flags.remove("--lease");

        assertThatThrownBy(
                        () -> new CertificateTask(Settings.resolve(flags, Map.of()), cluster, "one", Clock.systemUTC()))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("Could not start the controller: --lease is missing.");
    }
}
