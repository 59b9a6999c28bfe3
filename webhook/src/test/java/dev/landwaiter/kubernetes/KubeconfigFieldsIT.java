package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestAuthority;
import dev.landwaiter.testregistry.TestCertificates;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a kubeconfig says beside the address, its authority and client certificates: kubectl does it, and so must we, or refuse the file. */
@Timeout(60)
class KubeconfigFieldsIT {
    private static final String TOKEN = "token: right";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority();
    private final Vertx vertx = Vertx.vertx();
    private final Queue<String> impersonated = new ConcurrentLinkedQueue<>();
    private final HttpServer server = TlsApiServer.start(vertx, authority, this::answer);

    private void answer(HttpServerRequest request) {
        boolean known = "Bearer right".equals(request.getHeader("Authorization"));
        boolean _ = impersonated.add(
                request.getHeader("Impersonate-User") + request.headers().getAll("Impersonate-Group"));
        if (known && "/api/v1/namespaces".equals(request.path()) && request.getHeader("Upgrade") == null) {
            var _ = request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(
                            "{\"kind\":\"NamespaceList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}");
            return;
        }
        var _ = request.response().setStatusCode(known ? 404 : 401).end("{}");
    }

    @AfterEach
    void stop() {
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Path kubeconfig(String cluster, String user, String current) throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        return Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://localhost:%d", certificate-authority: ca.crt%s}}]
                users: [{name: u, user: {%s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}, {name: nobody, context: {cluster: c, user: gone}}, {name: nowhere, context: {cluster: gone, user: u}}]
                current-context: %s
                """.formatted(server.actualPort(), cluster, user, current));
    }

    private static void isTaken(Path file) {
        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults())) {
            assertThat(new ClusterPullSecrets(cluster).secret("shop", "pull", Deadline.in(Duration.ofSeconds(10))))
                    .isEqualTo(new PullSecrets.Absent("is missing"));
        }
    }

    private static void refused(Path file, String why) {
        assertThatThrownBy(() -> isTaken(file))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.FILE_UNREADABLE))
                .hasMessage("Could not read kubeconfig \"%s\": %s".formatted(file, why));
    }

    @Test
    void aTokenFileIsMoreThanATokenThatMayBeOld() throws IOException {
        Path token = Files.writeString(folder.resolve("token-file"), "right\n");

        isTaken(kubeconfig("", "token: old, tokenFile: token-file", "x"));

        Files.delete(token);
        isTaken(kubeconfig("", "token: right, tokenFile: token-file", "x"));
    }

    @Test
    void anotherNameOfTheServerIsRefused() throws IOException {
        isTaken(kubeconfig(", tls-server-name: localhost", TOKEN, "x"));
        refused(
                kubeconfig(", tls-server-name: api.internal", TOKEN, "x"),
                "its tls-server-name \"api.internal\" is another name than the server's, \"localhost\", and that is not supported. Give as server an address that its certificate is for.");
    }

    @Test
    void aProxyIsUsed() throws IOException {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        NetServer proxy = vertx.createNetServer()
                .connectHandler(client -> client.handler(first -> {
                    boolean _ = asked.add(first.toString().lines().findFirst().orElse(""));
                    var _ = client.end(Buffer.buffer("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        Path file = kubeconfig(", proxy-url: \"http://127.0.0.1:%d\"".formatted(proxy.actualPort()), TOKEN, "x");

        assertThatThrownBy(() -> isTaken(file)).isInstanceOf(Failure.class);
        assertThat(asked).isNotEmpty().allMatch(line -> line.startsWith("CONNECT localhost:" + server.actualPort()));
    }

    @Test
    void whoeverIsToBeImpersonatedIs() throws IOException {
        isTaken(kubeconfig("", TOKEN + ", as: viewer, as-groups: [readers]", "x"));

        assertThat(impersonated).containsExactly("viewer[readers]");
    }

    @Test
    void whatIsWatchedIsWatchedAsWhoeverIsImpersonated() throws IOException {
        Path file = kubeconfig("", TOKEN + ", as: viewer, as-groups: [readers]", "x");
        try (ClusterConnection cluster = ClusterConnection.of(file, Limits.defaults());
                ClusterNamespaces _ = new ClusterNamespaces(cluster)) {
            // a list, and then the watch of what comes after it
            MockCluster.await(() -> impersonated.size() >= 2);
        }
        assertThat(impersonated).containsOnly("viewer[readers]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://proxy.test", "socks5://proxy.test", "proxy.test:3128"})
    void aProxyThatCannotBeUsedIsRefused(String proxy) throws IOException {
        refused(
                kubeconfig(", proxy-url: \"%s\"".formatted(proxy), TOKEN, "x"),
                "its proxy-url does not begin with http://, and only such proxies are supported. Give one that takes CONNECT requests over http.");
    }

    @Test
    void whoCannotBeImpersonatedIsRefused() throws IOException {
        refused(
                kubeconfig("", TOKEN + ", as: viewer, as-uid: \"7\"", "x"),
                "its user has an as-uid, which is not supported. Impersonate by as and as-groups.");
        refused(
                kubeconfig("", TOKEN + ", as-groups: [readers]", "x"),
                "its user has as-groups or as-user-extra without as. Say who is to be impersonated.");
    }

    @Test
    void whatTheCurrentContextNamesMustBeThere() throws IOException {
        Path file = folder.resolve("config");
        refused(
                kubeconfig("", TOKEN, "''"),
                "it names no current context. Set one with kubectl --kubeconfig %s config use-context."
                        .formatted(file));
        String next = " is not in it. Check it with kubectl --kubeconfig %s config view.".formatted(file);
        refused(kubeconfig("", TOKEN, "gone"), "its current context \"gone\"" + next);
        refused(kubeconfig("", TOKEN, "nobody"), "the user of its context \"nobody\", \"gone\"" + next);
        refused(kubeconfig("", TOKEN, "nowhere"), "the cluster of its context \"nowhere\", \"gone\"" + next);
    }

    private String program(String status) throws IOException {
        Path program = Files.writeString(folder.resolve("program"), """
                #!/bin/sh
                cat <<'END'
                {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": %s}
                END
                """.formatted(status));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: \"%s\"}"
                .formatted(program);
    }

    @Test
    void whatAProgramGivesIsShown() throws IOException {
        isTaken(kubeconfig("", program("{\"token\": \"right\"}"), "x"));

        TestCertificates client = authority.issue("landwaiter");
        String pem = "{\"clientCertificateData\": \"%s\", \"clientKeyData\": \"%s\"}"
                .formatted(escaped(client.certificatePem()), escaped(client.keyPem()));
        assertThat(Kubeconfig.read(kubeconfig("", program(pem), "x"), Limits.defaults())
                        .identity())
                .isPresent();
    }

    private static String escaped(String pem) {
        return pem.replace("\r", "").replace("\n", "\\n");
    }

    @Test
    void aProgramThatGivesNothingIsRefused() throws IOException {
        refused(
                kubeconfig("", program("{}"), "x"),
                "its program \"%s\" gave neither a token nor a certificate. Run kubectl --kubeconfig %s auth whoami to see why."
                        .formatted(folder.resolve("program"), folder.resolve("config")));
    }
}
