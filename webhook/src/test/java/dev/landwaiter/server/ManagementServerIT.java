package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.server.Readiness.Check;
import dev.landwaiter.server.Readiness.State;
import dev.landwaiter.settings.HostPort;
import io.vertx.core.Vertx;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ManagementServerIT {
    private volatile State informers = new State.Ready("synced");
    private volatile boolean alive = true;
    private volatile boolean failing;

    private final Vertx vertx = Vertx.vertx();
    private final ManagementServer server = new ManagementServer(
            vertx,
            new HostPort("127.0.0.1", 0),
            () -> alive,
            new Readiness(List.of(
                    new Check("certificate", () -> new State.Degraded("the last good one is served")),
                    new Check("informers", () -> informers))),
            this::metrics);
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

    /** Written as they are: a client's library would refuse some of them, or make others of them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /healthz HTTP/1.1                   | 200 | ok",
                "GET /healthz?verbose=1 HTTP/1.1         | 200 | ok",
                "HEAD /readyz HTTP/1.1                   | 200 | ''",
                "GET /healthz/ HTTP/1.1                  | 404 | There are /healthz, /readyz and /metrics here.",
                "GET //healthz HTTP/1.1                  | 404 | There are /healthz, /readyz and /metrics here.",
                "GET /HEALTHZ HTTP/1.1                   | 404 | There are /healthz, /readyz and /metrics here.",
                "GET /%68ealthz HTTP/1.1                 | 404 | There are /healthz, /readyz and /metrics here.",
                "GET /a/../healthz HTTP/1.1              | 404 | There are /healthz, /readyz and /metrics here.",
                "GET /%zz HTTP/1.1                       | 404 | There are /healthz, /readyz and /metrics here.",
                "GET /metrics/x HTTP/1.1                 | 404 | There are /healthz, /readyz and /metrics here.",
                "GET healthz HTTP/1.1                    | 404 | There are /healthz, /readyz and /metrics here.",
                "GET * HTTP/1.1                          | 404 | There are /healthz, /readyz and /metrics here.",
                "GET ?x HTTP/1.1                         | 404 | There are /healthz, /readyz and /metrics here.",
                "GET : HTTP/1.1                          | 404 | There are /healthz, /readyz and /metrics here.",
                "GET http://[::1 HTTP/1.1                | 404 | There are /healthz, /readyz and /metrics here.",
                "GET / HTTP/1.1                          | 404 | There are /healthz, /readyz and /metrics here.",
                "POST /healthz HTTP/1.1                  | 405 | Only GET and HEAD are served here.",
                "DELETE /nothing HTTP/1.1                | 405 | Only GET and HEAD are served here.",
                "OPTIONS * HTTP/1.1                      | 405 | Only GET and HEAD are served here."
            })
    void eachPathAndMethodIsAnswered(String line, int status, String body) throws Exception {
        try (Socket socket = new Socket(address.host(), address.port())) {
            socket.getOutputStream()
                    .write((line + "\r\nHost: here\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4).strip()).isEqualTo(body);
            assertThat(answer.toLowerCase(Locale.ROOT).contains("\r\nallow: get, head\r\n"))
                    .isEqualTo(status == 405);
            assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\ncontent-type: text/plain; charset=utf-8\r\n");
        }
    }

    @Test
    void whatCannotBeRenderedIsSaid() throws Exception {
        failing = true;

        HttpResponse<String> metrics = get("/metrics", "*/*");

        assertThat(metrics.statusCode()).isEqualTo(500);
        assertThat(metrics.body()).isEqualTo("Metrics could not be rendered; the log says why.\n");
    }

    private String metrics() {
        if (failing) {
            throw new IllegalStateException("a bug");
        }
        return "landwaiter_up 1\n";
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + path))
                        .header("Accept", accept)
                        .build(),
                BodyHandlers.ofString());
    }
}
