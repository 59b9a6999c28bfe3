package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.certs.TrustedAuthorities;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TlsIT {
    private final SelfSignedAuthority clients = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
    private final Serving.ChangingAuthorities trusted =
            new Serving.ChangingAuthorities(new TrustedAuthorities(List.of(clients.certificate())));
    private final CallerRule callers = Serving.shown(trusted, "kube-apiserver", "api", "old", "current");

    @Test
    void newConnectionsGetTheNewCertificateAndOpenOnesGoOn() throws Exception {
        try (Serving serving = new Serving();
                SSLSocket old = serving.socket()) {
            ServingCertificate next = serving.newCertificate();

            serving.certificates.change(next);

            try (SSLSocket fresh = serving.socket()) {
                assertThat(leaf(fresh)).isEqualTo(next.leaf());
            }
            assertThat(leaf(old)).isNotEqualTo(next.leaf());
            old.getOutputStream()
                    .write(
                            "POST /mutate HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\nold"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(old.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("MUTATE of 3: old");
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void reviewsNeedAClientCertificateWhereAnAuthorityForThemIsSet(Version version) throws Exception {
        try (Serving serving = new Serving(Map.of(), callers)) {
            HttpResponse<String> without = serving.post(serving.client(version), "/mutate", "known");
            HttpResponse<String> with = serving.post(
                    serving.client(version, clients.issueClient("kube-apiserver", Serving.DAY)), "/mutate", "known");

            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.body())
                    .isEqualTo(
                            "{\"code\":\"CLIENT_CERTIFICATE_REQUIRED\",\"message\":\"Could not serve /mutate: the client showed no certificate."
                                    + " Give the API server one that the authority of --client-ca signed, by a kubeConfigFile in its AdmissionConfiguration.\"}");
            assertThat(with.statusCode()).isEqualTo(200);
            assertThat(serving.admission.asked).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("attack-62")
    void aCertificateOfTheAuthorityForAnotherNameIsNotAnswered(Version version) throws Exception {
        try (Serving serving = new Serving(Map.of(), callers)) {
            HttpResponse<String> kubelet = serving.post(
                    serving.client(version, clients.issueClient("system:node:a", Serving.DAY)), "/mutate", "known");
            HttpResponse<String> byName = serving.post(
                    serving.client(version, clients.issueClient("x", List.of("api"), Serving.DAY)), "/mutate", "known");

            assertThat(kubelet.statusCode()).isEqualTo(403);
            assertThat(kubelet.body())
                    .isEqualTo(
                            "{\"code\":\"CLIENT_CERTIFICATE_REQUIRED\",\"message\":\"Could not serve /mutate: the client's certificate, of \\\"CN=system:node:a\\\", is not one of --client-names."
                                    + " Give the API server a certificate of such a name, signed by the authority of --client-ca.\"}");
            assertThat(byName.statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Tag("attack-62")
    void whereNothingIsProvedReviewsGoWhereThereAreNoCredentials() throws Exception {
        try (Serving serving = new Serving(Map.of(), new CallerRule.Nobody())) {
            serving.post(serving.client(Version.HTTP_1_1), "/validate", "a review");

            assertThat(serving.ofAnybody.asked).containsExactly("VALIDATE a review");
            assertThat(serving.ofAnybody.tenants)
                    .as(
                            "whose share of registries and names is used: whoever could say any namespace has their address's")
                    .containsExactly("127.0.0.1");
            assertThat(serving.admission.asked).isEmpty();
        }
    }

    @Test
    @Tag("attack-62")
    void theFrontProxyForwardsTheApiServersRequestsAndNobodyElses() throws Exception {
        SelfSignedAuthority frontProxies = new SelfSignedAuthority("front", Serving.DAY, InstantSource.system());
        CallerRule both = new CallerRule.ByCertificate(List.of(
                new CallerRule.KnownCertificate(trusted, Set.of("api"), CallerRule.By.API_SERVER),
                new CallerRule.KnownCertificate(
                        new Serving.ChangingAuthorities(new TrustedAuthorities(List.of(frontProxies.certificate()))),
                        Set.of("front-proxy-client"),
                        CallerRule.By.FRONT_PROXY)));
        try (Serving serving = new Serving(Map.of(), both)) {
            HttpClient proxy =
                    serving.client(Version.HTTP_2, frontProxies.issueClient("front-proxy-client", Serving.DAY));

            assertThat(asked(serving, proxy, "system:apiserver").statusCode()).isEqualTo(200);
            HttpResponse<String> user = asked(serving, proxy, "alice");
            assertThat(user.statusCode()).isEqualTo(403);
            assertThat(user.body())
                    .contains(
                            "Could not serve /mutate: the front proxy forwards it for \\\"alice\\\", and not for \\\"system:apiserver\\\". Only the API server itself may ask; let nobody else use this API.");
            assertThat(asked(serving, proxy, "system:apiserver", "alice").statusCode())
                    .isEqualTo(403);
            assertThat(asked(serving, proxy).statusCode()).isEqualTo(403);
            // each name counts under its own authority alone, and what another client says of users is nothing
            for (ServingCertificate wrong : List.of(
                    clients.issueClient("front-proxy-client", Serving.DAY),
                    frontProxies.issueClient("api", Serving.DAY))) {
                assertThat(asked(serving, serving.client(Version.HTTP_1_1, wrong), "system:apiserver")
                                .statusCode())
                        .isEqualTo(403);
            }
            assertThat(asked(serving, serving.client(Version.HTTP_1_1), "system:apiserver")
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    private static HttpResponse<String> asked(Serving serving, HttpClient client, String... forwardedFor)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = serving.request("/mutate").POST(HttpRequest.BodyPublishers.ofString("known"));
        for (String user : forwardedFor) {
            request.header("X-Remote-User", user);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    @Tag("attack-62")
    void whatAConnectionProvedByAnAuthorityThatIsNoLongerTrustedDoesNotCount() throws Exception {
        SelfSignedAuthority next = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
        try (Serving serving = new Serving(Map.of(), callers)) {
            HttpClient old = serving.client(Version.HTTP_2, clients.issueClient("api", Serving.DAY));
            assertThat(serving.post(old, "/mutate", "known").statusCode()).isEqualTo(200);

            trusted.change(new TrustedAuthorities(List.of(next.certificate())));

            assertThat(serving.post(old, "/mutate", "known").statusCode())
                    .as("over the connection that is open")
                    .isEqualTo(403);
        }
    }

    @Test
    void aReloadKeepsAskingForClientCertificates() throws Exception {
        try (Serving serving = new Serving(Map.of(), callers)) {
            serving.certificates.change(serving.newCertificate());

            assertThat(serving.post(serving.client(Version.HTTP_1_1), "/mutate", "known")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(serving.post(
                                    serving.client(Version.HTTP_2, clients.issueClient("api", Serving.DAY)),
                                    "/mutate",
                                    "known")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void anotherAuthorityOfClientsIsTakenUpAndStaysWithTheNextCertificate() throws Exception {
        SelfSignedAuthority next = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
        ServingCertificate old = clients.issueClient("old", Serving.DAY);
        ServingCertificate current = next.issueClient("current", Serving.DAY);
        try (Serving serving = new Serving(Map.of(), callers)) {
            trusted.change(new TrustedAuthorities(List.of(next.certificate())));
            serving.certificates.change(serving.newCertificate());

            assertThat(serving.post(serving.client(Version.HTTP_2, current), "/mutate", "known")
                            .statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> serving.post(serving.client(Version.HTTP_1_1, old), "/mutate", "known"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityOrOfAServerGetsNoConnection() {
        SelfSignedAuthority others = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
        try (Serving serving = new Serving(Map.of(), callers)) {
            for (ServingCertificate wrong : List.of(
                    others.issueClient("kube-apiserver", Serving.DAY),
                    clients.issueServer(List.of("kube-apiserver"), Serving.DAY))) {
                assertThatThrownBy(() -> serving.post(serving.client(Version.HTTP_1_1, wrong), "/mutate", "known"))
                        .isInstanceOf(IOException.class);
            }
            assertThat(serving.admission.asked).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void aStopLetsWhatIsBeingDecidedFinish(Version version) throws Exception {
        try (Serving serving = new Serving()) {
            HttpClient client = serving.client(version);
            CompletableFuture<HttpResponse<String>> inFlight = serving.postLater(client, "/mutate", "block");
            assertThat(serving.admission.entered.poll(10, TimeUnit.SECONDS)).isEqualTo("virtual");

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(serving.server::stop);
            awaitRefusal(serving);
            assertThat(serving.server.draining()).isTrue();
            assertThat(stopped).isNotDone();
            serving.admission.release.countDown();

            assertThat(inFlight.get(10, TimeUnit.SECONDS).body()).isEqualTo("MUTATE of 5: block");
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whileTheClusterLearnsOfAStopClientsAreServedAndAskedToConnectAnew() throws Exception {
        try (Serving serving =
                new Serving(Map.of(), new CallerRule.TrustedNetwork(), Patience.USUAL, Duration.ofSeconds(2))) {
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(serving.server::stop);
            String answer = "";
            while (!answer.contains("connection: close") && !stopped.isDone()) {
                try (SSLSocket socket = serving.socket()) {
                    socket.getOutputStream()
                            .write(
                                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nknown"
                                            .getBytes(StandardCharsets.US_ASCII));
                    byte[] some = new byte[4096];
                    int read = socket.getInputStream().read(some);
                    answer = new String(some, 0, read, StandardCharsets.US_ASCII);
                }
            }

            assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("connection: close");
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    /** Until the server takes no connection any more. */
    private static void awaitRefusal(Serving serving) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < end) {
            try (SSLSocket _ = serving.socket()) {
                Thread.onSpinWait();
            } catch (IOException e) {
                return;
            }
        }
        throw new AssertionError("the server still takes connections");
    }

    private static X509Certificate leaf(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
}
