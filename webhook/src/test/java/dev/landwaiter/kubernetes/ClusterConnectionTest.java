package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConnectionTest {
    @TempDir
    Path folder;

    @Test
    void outsideAClusterThereIsNone() {
        assertThat(ClusterConnection.inCluster(Map.of(), folder, Limits.defaults()))
                .isEmpty();
        assertThat(ClusterConnection.inCluster(
                        Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "443"),
                        folder,
                        Limits.defaults()))
                .as("without a ServiceAccount")
                .isEmpty();
    }

    @Test
    void inAClusterItsOwnApiServerIsUsed() throws IOException {
        Files.writeString(folder.resolve("token"), "t\n");
        SelfSignedAuthority authority = new SelfSignedAuthority("cluster", Duration.ofDays(1), InstantSource.system());
        Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
        Map<String, String> environment =
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");

        try (ClusterConnection cluster = ClusterConnection.inCluster(environment, folder, Limits.defaults())
                .orElseThrow()) {
            assertThat(cluster.address()).isEqualTo("https://[fd00::1]:6443/");
            assertThat(cluster.client()
                            .getConfiguration()
                            .getOauthTokenProvider()
                            .getToken())
                    .isEqualTo("t");
        }
    }

    @Test
    void aKubeconfigNamesItsServer() throws IOException {
        Path file = Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://api.test:6443"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);

        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults())) {
            assertThat(cluster.address()).isEqualTo("https://api.test:6443/");
        }
    }

    @Test
    void aFileThatIsNoKubeconfigIsSaidSo() throws IOException {
        Path file = Files.writeString(folder.resolve("config"), "token: [hunter2");

        assertThatThrownBy(() -> ClusterConnection.of(file, Limits.defaults()))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith(
                        "Could not read kubeconfig \"%s\": it is not one that can be used (".formatted(file))
                .hasMessageEndingWith("). Check it with kubectl --kubeconfig %s version.".formatted(file))
                .hasMessageNotContaining("hunter2");
    }
}
