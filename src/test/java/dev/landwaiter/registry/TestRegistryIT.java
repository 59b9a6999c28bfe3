package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The registry of the tests, seen through a client that is not ours. */
class TestRegistryIT {
    @Test
    void servesAnImageOverHttp2WithACertificateForItsName() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                HttpClient client = client(registry)) {
            Pushed image =
                    registry.images().image("acme/api").tag("1").label("a", "b").push();

            HttpResponse<String> answer = get(client, registry.uri() + "/v2/acme/api/manifests/1");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.headers().firstValue("Docker-Content-Digest"))
                    .contains(image.digest().toString());
            assertThat(registry.log().all()).hasToString("[GET /v2/acme/api/manifests/1 none]");
        }
    }

    @Test
    void keepsAFallbackTagWhereThereIsNoReferrersApi() throws Exception {
        try (TestRegistry registry =
                        TestRegistry.builder().withoutReferrersApi().start();
                HttpClient client = client(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.p256());
            String base = registry.uri() + "/v2/acme/api/";

            assertThat(get(client, base + "referrers/" + image.digest()).statusCode())
                    .isEqualTo(404);
            assertThat(get(client, base + "manifests/sha256-" + image.digest().hex())
                            .body())
                    .contains(bundle.digest().toString())
                    .contains("\"artifactType\":\"application/vnd.oci.empty.v1+json\"");
        }
    }

    @Test
    void listsReferrersWhereThereIsTheApi() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                HttpClient client = client(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.ed25519ph());

            assertThat(get(client, registry.uri() + "/v2/acme/api/referrers/" + image.digest())
                            .body())
                    .contains(bundle.digest().toString())
                    .contains("\"artifactType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"");
        }
    }

    @Test
    void answersAStrangerWithAChallenge() throws Exception {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                HttpClient client = client(registry)) {
            HttpResponse<String> answer = get(client, registry.uri() + "/v2/acme/api/manifests/1");

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .contains("Bearer realm=\"%s/token\",service=\"%s\",scope=\"repository:acme/api:pull\""
                            .formatted(registry.uri(), registry.host()));
        }
    }

    private static HttpResponse<String> get(HttpClient client, String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpClient client(TestRegistry registry) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(
                                registry.certificates().caPem().getBytes(StandardCharsets.UTF_8))));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(tls).build();
    }
}
