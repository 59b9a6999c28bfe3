package dev.landwaiter.kubernetes;

import static dev.landwaiter.kubernetes.MockCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token that the API server no longer accepts, and the file that holds it written anew: nothing is restarted. */
@Timeout(60)
class NewTokenIT {
    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority();
    private final Vertx vertx = Vertx.vertx();
    private volatile String accepted = "old";
    private final HttpServer server = TlsApiServer.start(vertx, authority, this::answer);

    private void answer(HttpServerRequest request) {
        boolean known = ("Bearer " + accepted).equals(request.getHeader("Authorization"));
        var _ = request.response().setStatusCode(known ? 404 : 401).end("{}");
    }

    @AfterEach
    void stop() {
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void replace(Path file, String content) throws IOException {
        Path beside = Files.writeString(folder.resolve("beside"), content);
        Path _ = Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String kubeconfig(String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://localhost:%d", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: %s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(server.actualPort(), folder.resolve("ca.crt"), token);
    }

    private static PullSecrets.Reading read(ClusterConnection cluster) {
        return new ClusterPullSecrets(cluster).secret("shop", "pull", Deadline.in(Duration.ofSeconds(10)));
    }

    private void aNewTokenIsTaken(ClusterConnection cluster, Path file, String content) throws IOException {
        assertThat(read(cluster)).isEqualTo(new PullSecrets.Absent("is missing"));

        accepted = "new";
        assertThatThrownBy(() -> read(cluster))
                .hasMessage(
                        "Could not read secret \"shop/pull\": the API server answered 401. It does not accept the webhook's token or client certificate: renew it, as docs/install.md says under 'Renewing'.");
        assertThat(cluster.contact().count(Contact.Cause.UNAUTHORIZED)).isPositive();

        replace(file, content);
        await(() -> {
            try {
                return read(cluster).equals(new PullSecrets.Absent("is missing"));
            } catch (RuntimeException e) {
                return false;
            }
        });
        assertThat(cluster.contact().problem()).isEmpty();
    }

    @Test
    void ofAKubeconfig() throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        Path file = Files.writeString(folder.resolve("config"), kubeconfig("old"));
        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults())) {
            aNewTokenIsTaken(cluster, file, kubeconfig("new"));
        }
    }

    @Test
    void ofAProgramThatAKubeconfigNames() throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        Path token = Files.writeString(folder.resolve("token-file"), "old");
        Path program = Files.writeString(folder.resolve("program"), """
                #!/bin/sh
                printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%%s"}}' "$(cat %s)"
                """.formatted(token));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path file = Files.writeString(
                folder.resolve("config"),
                kubeconfig("x")
                        .replace(
                                "token: x",
                                "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: \"%s\"}"
                                        .formatted(program)));
        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults())) {
            aNewTokenIsTaken(cluster, token, "new");
        }
    }

    @Test
    void ofAFileThatAKubeconfigNames() throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        Path token = Files.writeString(folder.resolve("token-file"), "old");
        Path file = Files.writeString(
                folder.resolve("config"), kubeconfig("x").replace("token: x", "tokenFile: \"" + token + "\""));
        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults())) {
            aNewTokenIsTaken(cluster, token, "new");
        }
    }

    @Test
    void ofTheFileThatTheKubeletWrites() throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        Path token = Files.writeString(folder.resolve("token"), "old\n");
        try (ClusterConnection cluster = ClusterConnection.inCluster(
                        Map.of(
                                "KUBERNETES_SERVICE_HOST",
                                "localhost",
                                "KUBERNETES_SERVICE_PORT",
                                String.valueOf(server.actualPort())),
                        folder,
                        Limits.defaults())
                .orElseThrow()) {
            aNewTokenIsTaken(cluster, token, "new\n");
        }
    }
}
