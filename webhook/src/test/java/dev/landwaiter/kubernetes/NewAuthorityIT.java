package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cluster's authority is replaced: the kubelet writes the new one into every Pod, and nothing is restarted. */
@Timeout(60)
class NewAuthorityIT {
    @TempDir
    Path folder;

    private final TestAuthority old = new TestAuthority();
    private final TestAuthority other = new TestAuthority();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpServer server(TestAuthority authority, int port) {
        return TlsApiServer.start(vertx, authority, new HttpServerOptions().setPort(port), request -> {
            var _ = request.response().setStatusCode(404).end("{}");
        });
    }

    private static PullSecrets.Reading read(ClusterConnection cluster) {
        return new ClusterPullSecrets(cluster).secret("shop", "pull", Deadline.in(Duration.ofSeconds(10)));
    }

    private ClusterConnection inCluster(int port) {
        return ClusterConnection.inCluster(
                        Map.of("KUBERNETES_SERVICE_HOST", "localhost", "KUBERNETES_SERVICE_PORT", String.valueOf(port)),
                        folder,
                        Limits.defaults())
                .orElseThrow();
    }

    @Test
    void aNewAuthorityIsTrustedAndTheOldOneNoMore() throws IOException {
        Path authority = Files.writeString(folder.resolve("ca.crt"), old.pem());
        Path _ = Files.writeString(folder.resolve("token"), "t");
        HttpServer first = server(old, 0);
        int port = first.actualPort();
        try (ClusterConnection cluster = inCluster(port)) {
            assertThat(read(cluster)).isEqualTo(new PullSecrets.Absent("is missing"));

            Object _ = first.close().toCompletionStage().toCompletableFuture().join();
            HttpServer second = server(other, port);
            Path _ = Files.writeString(authority, "");
            assertThatThrownBy(() -> read(cluster)).hasMessageContaining("TLS failed");
            Path _ = Files.writeString(authority, other.pem());
            assertThat(read(cluster)).isEqualTo(new PullSecrets.Absent("is missing"));

            Object _ = second.close().toCompletionStage().toCompletableFuture().join();
            HttpServer _ = server(old, port);
            assertThatThrownBy(() -> read(cluster)).hasMessageContaining("TLS failed");
            Path _ = Files.writeString(authority, "none at all");
            assertThatThrownBy(() -> read(cluster)).hasMessageContaining("TLS failed");
        }
    }
}
