package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.certs.TrustedAuthorities;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TlsIT {
    private final SelfSignedAuthority clients = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
    private final Serving.ChangingAuthorities trusted =
            new Serving.ChangingAuthorities(new TrustedAuthorities(List.of(clients.certificate())));

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
        try (Serving serving = new Serving(Map.of(), trusted)) {
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

    @Test
    void aReloadKeepsAskingForClientCertificates() throws Exception {
        try (Serving serving = new Serving(Map.of(), trusted)) {
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
        try (Serving serving = new Serving(Map.of(), trusted)) {
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
        try (Serving serving = new Serving(Map.of(), trusted)) {
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
        try (Serving serving = new Serving(Map.of(), null, Duration.ofSeconds(2))) {
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
