package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A webhook that answers nobody but the API server, which shows a client certificate by its AdmissionConfiguration. */
@OnRealCluster
class ClientCertificateIT {
    private final Session session;
    private final PushedImage image;
    private final Tenant tenant;

    ClientCertificateIT(Session session) {
        this.session = session;
        image = session.images().pushSigned("client-certificate/api:1");
        tenant = session.tenant("client-certificate");
        tenant.requireSignature("**/client-certificate/*", session.images().key(KeyKind.ECDSA_P256));
    }

    @BeforeEach
    void demand() {
        assumeTrue(session.cluster().ours(), "an API server whose AdmissionConfiguration is ours");
        session.webhook().stop();
    }

    @AfterEach
    void leave() {
        session.webhook().stop();
        session.webhook().start();
        tenant.close();
    }

    private void start(Path authority) {
        session.webhook()
                .start(List.of("--client-ca", authority.toString(), "--client-names", "kube-apiserver-webhook-client"));
    }

    @Test
    void theApiServerIsAnsweredAndWhoeverShowsNoCertificateIsNot() {
        start(session.tools().ca());
        Await.until("the API server is answered", () -> tenant.tried(image), result -> result.exit() == 0);
        tenant.admits(image);

        Command.Result anybody = Command.of(
                        "curl", "--silent", "--cacert", session.tools().ca().toString())
                .and("--write-out", "%{http_code}", "--header", "Content-Type: application/json", "--data", "{}")
                .and(session.webhook().url() + "/mutate")
                .run();
        assertThat(anybody.out()).contains("CLIENT_CERTIFICATE_REQUIRED").endsWith("401");

        Path pki = Objects.requireNonNull(session.tools().ca().getParent());
        Command.Result kubelet = Command.of(
                        "curl", "--silent", "--cacert", session.tools().ca().toString())
                .and("--cert", pki.resolve("kubelet.crt").toString())
                .and("--key", pki.resolve("kubelet.key").toString())
                .and("--write-out", "%{http_code}", "--header", "Content-Type: application/json", "--data", "{}")
                .and(session.webhook().url() + "/mutate")
                .run();
        assertThat(kubelet.out())
                .as("a certificate of the same authority, of another name")
                .contains("CLIENT_CERTIFICATE_REQUIRED", "is not one of --client-names")
                .endsWith("403");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNoGood() {
        Path other = Folders.state().resolve("other-ca");
        Command.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
                .and("-keyout", other + ".key", "-out", other + ".crt", "-subj", "/CN=other", "-days", "1")
                .output();
        start(Path.of(other + ".crt"));
        assertThat(tenant.tried(image).err()).contains("failed calling webhook \"mutate.landwaiter.dev\"", "tls: ");
    }
}
