package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.server.Readiness.Check;
import dev.landwaiter.server.Readiness.State;
import dev.landwaiter.settings.HostPort;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManagementServerIT {
    private volatile State informers = new State.Ready("synced");
    private volatile boolean alive = true;

    private final Vertx vertx = Vertx.vertx();
    private final ManagementServer server = new ManagementServer(
            vertx,
            new HostPort("127.0.0.1", 0),
            () -> alive,
            new Readiness(List.of(
                    new Check("certificate", () -> new State.Degraded("the last good one is served")),
                    new Check("informers", () -> informers))),
            () -> "landwaiter_up 1\n");
    private final HostPort address = server.start();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.stop();
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void readinessNamesEachCheckAndWhy() throws Exception {
        HttpResponse<String> ready = get("/readyz", "*/*");
        informers = new State.NotReady("ClusterImagePolicies were never listed");
        HttpResponse<String> notReady = get("/readyz", "*/*");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body())
                .isEqualTo("[!] certificate: the last good one is served\n[+] informers: synced\nready\n");
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(notReady.body())
                .isEqualTo(
                        "[!] certificate: the last good one is served\n[-] informers: ClusterImagePolicies were never listed\nnot ready\n");
    }

    @Test
    void readinessIsJsonForWhoAsksForIt() throws Exception {
        assertThat(get("/readyz", "application/json").body())
                .isEqualTo(
                        "{\"ready\":true,\"checks\":[{\"name\":\"certificate\",\"state\":\"degraded\",\"detail\":\"the last good one is served\"},"
                                + "{\"name\":\"informers\",\"state\":\"ready\",\"detail\":\"synced\"}]}");
    }

    @Test
    void metricsAreInPrometheusForm() throws Exception {
        HttpResponse<String> metrics = get("/metrics", "*/*");

        assertThat(metrics.body()).isEqualTo("landwaiter_up 1\n");
        assertThat(metrics.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void healthSaysWhetherToStartAnew() throws Exception {
        assertThat(get("/healthz", "*/*").statusCode()).isEqualTo(200);
        alive = false;
        assertThat(get("/healthz", "*/*").statusCode()).isEqualTo(503);
    }

    @Test
    void nothingElseIsServed() throws Exception {
        assertThat(get("/mutate", "*/*").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + path))
                        .header("Accept", accept)
                        .build(),
                BodyHandlers.ofString());
    }
}
