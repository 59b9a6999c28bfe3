package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.testregistry.TestAuthority;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Secrets of an API server over HTTP/2, which takes as many requests at once as Kubernetes' does. */
@Timeout(60)
class SecretReadsIT {
    private static final int STREAMS = 100;
    private static final int MANY = 250;

    private final CountDownLatch listed = new CountDownLatch(STREAMS);
    private final Vertx vertx = Vertx.vertx();
    private final TestAuthority authority = new TestAuthority();
    private final HttpServer server = server();
    private final ClusterConnection cluster = ClusterConnection.of(
            new ConfigBuilder(Config.empty())
                    .withMasterUrl("https://localhost:" + server.actualPort() + "/")
                    .withCaCertData(
                            Base64.getEncoder().encodeToString(authority.pem().getBytes(StandardCharsets.US_ASCII)))
                    .build(),
            Limits.defaults());
    private final PullSecrets secrets = new ClusterPullSecrets(cluster);

    private HttpServer server() {
        return TlsApiServer.start(
                vertx,
                authority,
                new HttpServerOptions()
                        .setPort(0)
                        .setUseAlpn(true)
                        .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                        .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS)),
                this::answer);
    }

    private void answer(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        if (path.contains("/configmaps/")) {
            listed.countDown();
        }
        int millis = path.contains("/configmaps/") ? 3_000 : 200;
        int status = path.endsWith("/busy") ? 429 : 404;
        long _ = vertx.setTimer(
                millis, _ -> request.response().setStatusCode(status).end("{}"));
    }

    @AfterEach
    void stop() {
        cluster.close();
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    @Tag("attack-70")
    @DisplayName("Attack 70: a tenant whose Pods name very many Secrets makes no read fail, nor another tenant wait")
    void readsOfOneTenantAreLimited() {
        assertThat(read("shop", "first")).isEmpty();
        List<Callable<Optional<PullSecrets.Secret>>> many = IntStream.range(0, MANY)
                .<Callable<Optional<PullSecrets.Secret>>>mapToObj(i -> () -> read("shop", "absent-" + i))
                .toList();
        List<Callable<Long>> both = List.of(
                () -> {
                    List<Optional<PullSecrets.Secret>> all = Parallel.all(many, soon(), "reading");
                    return all.stream().filter(Optional::isEmpty).count();
                },
                () -> {
                    long begin = System.nanoTime();
                    assertThat(read("other", "pull")).isEmpty();
                    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
                });

        List<Long> results = Parallel.all(both, soon(), "reading");

        assertThat(results.getFirst()).isEqualTo(MANY);
        assertThat(results.getLast()).isLessThan(2_000);
    }

    @Test
    @Tag("attack-70")
    @DisplayName("Attack 70: what policies name is watched over another connection than Pods' Secrets are read over")
    void whatIsWatchedTakesNoRoomFromReads() throws InterruptedException {
        assertThat(read("shop", "first")).isEmpty();
        try (ExecutorService watching = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < STREAMS; i++) {
                String name = "named-" + i;
                watching.execute(() -> {
                    ConfigMap _ = cluster.client()
                            .configMaps()
                            .inNamespace("other")
                            .withName(name)
                            .get();
                });
            }
            assertThat(listed.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(read("shop", "pull")).isEmpty();
        }
    }

    @Test
    @Tag("attack-70")
    void anApiServerThatIsAskedTooMuchIsALackOfRoom() {
        assertThatThrownBy(() -> read("shop", "busy"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageStartingWith("Could not read secret \"shop/busy\": the API server answered 429");
    }

    private Optional<PullSecrets.Secret> read(String namespace, String name) {
        return switch (secrets.secret(namespace, name, soon().onBehalfOf(namespace))) {
            case PullSecrets.Secret secret -> Optional.of(secret);
            case PullSecrets.Absent _ -> Optional.empty();
        };
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
