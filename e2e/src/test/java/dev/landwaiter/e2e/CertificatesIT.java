package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Certificates of a webhook that a real API server calls, rotated again and again while it is called without a pause: not one call may be refused. Once
 * by the controller, once by the real cert-manager.
 */
@OnRealCluster
class CertificatesIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final String MUTATING = "mutatingwebhookconfiguration";
    private static final String VALIDATING = "validatingwebhookconfiguration";

    private final Session session;

    CertificatesIT(Session session) {
        this.session = session;
    }

    private static List<String> webhook(OwnNamespace own, int port) {
        return List.of(
                "--listen",
                "127.0.0.1:" + port,
                "--kubeconfig",
                own.kubeconfig("webhook").toString(),
                "--own-namespace",
                own.name(),
                "--tls-secret",
                "landwaiter-tls",
                "--webhook-configuration",
                own.name(),
                "--trust-network",
                "--drain-delay",
                "100ms");
    }

    private static List<String> controller(OwnNamespace own, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--kubeconfig", own.kubeconfig("controller").toString(),
                "--own-namespace", own.name(),
                "--tls-secret", "landwaiter-tls",
                "--authority-secret", "landwaiter-authority",
                "--webhook-configuration", own.name(),
                "--service", "landwaiter",
                "--lease", "landwaiter-controller"));
        words.addAll(List.of(more));
        return words;
    }

    /** Calls without a pause until it is closed, and keeps what was refused. */
    private static final class Calling implements AutoCloseable {
        private final Queue<String> refused = new ConcurrentLinkedQueue<>();
        private final Thread thread;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean ended;

        Calling(OwnNamespace own) {
            thread = Thread.ofVirtual().start(() -> {
                while (!ended) {
                    Command.Result result = own.call();
                    int _ = calls.incrementAndGet();
                    if (result.exit() != 0) {
                        boolean _ = refused.add(result.err());
                    }
                }
            });
        }

        @Override
        public void close() {
            ended = true;
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
    }

    // an authority of two minutes is waited for until its end
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @Test
    @Tag("attack-49")
    @DisplayName("Attack 49: two controllers rotate authorities and certificates, and not one call is refused")
    void ownCertificatesRotateWithoutARefusedCall() {
        int port = Program.freePort();
        String[] brief = {"--authority-lifetime", "2m", "--certificate-lifetime", "1m"};
        try (OwnNamespace own = new OwnNamespace(session.cluster(), "e2e-own-certificates", port);
                Program webhook = new Program("webhook", "own-webhook", webhook(own, port))) {
            Await.until(
                    "it waits for its Secret",
                    LONG,
                    () -> webhook.get("/readyz"),
                    text -> text.contains("does not exist"));
            Program first = new Program("controller", "own-controller-1", controller(own, brief));
            Await.until("it is trusted", LONG, () -> webhook.get("/readyz"), text -> text.endsWith("\nready\n"));
            Await.until("the API server calls it", own::call, result -> result.exit() == 0);
            assertOursIsTheBundleAlone(own.configuration(MUTATING));
            assertOursIsTheBundleAlone(own.configuration(VALIDATING));
            String installed = own.bundle(MUTATING);

            try (Calling calling = new Calling(own);
                    Program second = new Program("controller", "own-controller-2", controller(own, brief))) {
                Await.until(
                        "an authority was renewed and certificates with it",
                        LONG,
                        () -> first.get("/metrics"),
                        text -> first.metric("landwaiter_rotations_total{what=\"certificate\"}") >= 3
                                && own.eventReasons().contains("AuthorityRetired"));
                first.close();
                Await.until("the other acts", () -> second.metric("landwaiter_controller_leader"), leads -> leads == 1);
                session.cluster()
                        .kubectl("-n", own.name(), "delete", "secret", "landwaiter-tls", "landwaiter-authority")
                        .output();
                Await.until(
                        "both Secrets are there again",
                        LONG,
                        () -> second.metric("landwaiter_rotations_total{what=\"certificate\"}"),
                        issued -> issued >= 1);
                Await.until(
                        "the first authority has left the bundle",
                        LONG,
                        () -> certificates(own.bundle(MUTATING)),
                        all -> !all.contains(certificates(installed).strip()));
                Await.until("it is still trusted", () -> webhook.get("/readyz"), text -> text.endsWith("\nready\n"));

                assertThat(calling.refused).isEmpty();
                assertThat(calling.calls.get()).isGreaterThan(50);
            }
            JsonNode lease = session.cluster().json("-n", own.name(), "get", "lease", "landwaiter-controller");
            assertThat(lease.at("/spec/holderIdentity").asText()).as("released").isEmpty();
            assertThat(lease.at("/metadata/ownerReferences/0/kind").asText()).isEqualTo("ServiceAccount");
            assertThat(own.secret("landwaiter-tls")
                            .at("/metadata/ownerReferences/0/name")
                            .asText())
                    .isEqualTo("controller");
        }
    }

    /** So that neither Helm nor anybody else ever conflicts with us over another field. */
    private static void assertOursIsTheBundleAlone(JsonNode configuration) {
        List<JsonNode> ours = new ArrayList<>();
        configuration.at("/metadata/managedFields").forEach(entry -> {
            if (entry.path("manager").asText().equals("landwaiter-controller")) {
                ours.add(entry);
            }
        });
        assertThat(ours).singleElement().satisfies(entry -> {
            assertThat(entry.path("operation").asText()).isEqualTo("Apply");
            assertThat(entry.at("/fieldsV1").toString())
                    .matches(
                            "\\{\"f:webhooks\":\\{\"k:\\{\\\\\"name\\\\\":[^}]*}\":\\{(\"\\.\":\\{},)?\"f:clientConfig\":\\{\"f:caBundle\":\\{}},\"f:name\":\\{}}}}");
        });
    }

    private static String certificates(String bundle) {
        return new String(Base64.getDecoder().decode(bundle), StandardCharsets.US_ASCII);
    }

    @Test
    void aBundleThatSomebodyDropsComesBackAtOnce() {
        int port = Program.freePort();
        try (OwnNamespace own = new OwnNamespace(session.cluster(), "e2e-dropped-bundle", port);
                Program webhook = new Program("webhook", "dropped-webhook", webhook(own, port));
                Program _ = new Program("controller", "dropped-controller", controller(own))) {
            Await.until("it is trusted", LONG, () -> webhook.get("/readyz"), text -> text.endsWith("\nready\n"));
            String bundle = own.bundle(VALIDATING);

            session.cluster()
                    .kubectl(
                            "patch",
                            VALIDATING,
                            own.name(),
                            "--type=json",
                            "-p",
                            "[{\"op\": \"remove\", \"path\": \"/webhooks/0/clientConfig/caBundle\"}]")
                    .output();

            Await.until("it is there again", () -> own.bundle(VALIDATING), bundle::equals);
            Await.until("the API server calls it", own::call, result -> result.exit() == 0);
        }
    }

    @Test
    void certManagersCertificatesAreRenewedWithoutARefusedCall() {
        assumeTrue(session.cluster().ours(), "cert-manager is started beside a control plane of ours");
        assumeTrue(
                Files.isExecutable(Folders.kube().resolve("certmanager")),
                "skipped: e2e/kube has no certmanager script, which brings the real cert-manager");
        session.tools().script("certmanager", "up").output();
        int port = Program.freePort();
        try (OwnNamespace own = new OwnNamespace(session.cluster(), "e2e-cert-manager", port)) {
            own.apply("""
                    {apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: self, namespace: %1$s}, spec: {selfSigned: {}}}
                    ---
                    apiVersion: cert-manager.io/v1
                    kind: Certificate
                    metadata: {name: landwaiter-ca, namespace: %1$s}
                    spec:
                      isCA: true
                      commonName: landwaiter-ca
                      secretName: landwaiter-ca
                      duration: 43800h
                      privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Never}
                      issuerRef: {name: self}
                    ---
                    {apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: ca, namespace: %1$s}, spec: {ca: {secretName: landwaiter-ca}}}
                    ---
                    apiVersion: cert-manager.io/v1
                    kind: Certificate
                    metadata: {name: landwaiter-tls, namespace: %1$s}
                    spec:
                      secretName: landwaiter-tls
                      duration: 720h
                      dnsNames: [landwaiter.%1$s.svc]
                      privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
                      issuerRef: {name: ca}
                    """.formatted(own.name()));
            for (String kind : List.of(MUTATING, VALIDATING)) {
                session.cluster()
                        .kubectl(
                                "annotate",
                                kind,
                                own.name(),
                                "cert-manager.io/inject-ca-from=%s/landwaiter-ca".formatted(own.name()))
                        .output();
            }
            try (Program webhook = new Program("webhook", "cert-manager-webhook-user", webhook(own, port))) {
                Await.until("it is trusted", LONG, () -> webhook.get("/readyz"), text -> text.endsWith("\nready\n"));
                Await.until("the API server calls it", own::call, result -> result.exit() == 0);
                String installed = own.bundle(MUTATING);
                double before = webhook.metric("landwaiter_certificate_not_after_seconds");
                try (Calling calling = new Calling(own)) {
                    renew(own, "landwaiter-ca");
                    Await.until(
                            "the new CA is trusted too", () -> own.bundle(VALIDATING), now -> !now.equals(installed));
                    assertThat(certificates(own.bundle(VALIDATING)))
                            .contains(certificates(installed).strip());
                    renew(own, "landwaiter-tls");
                    Await.until(
                            "the new leaf is served",
                            LONG,
                            () -> webhook.metric("landwaiter_certificate_not_after_seconds"),
                            now -> now > before);
                    Await.until("it is trusted", () -> webhook.get("/readyz"), text -> text.endsWith("\nready\n"));

                    assertThat(calling.refused).isEmpty();
                }
            }
        } finally {
            session.tools().script("certmanager", "down").output();
        }
    }

    private void renew(OwnNamespace own, String certificate) {
        session.tools()
                .script("certmanager", "renew", own.name() + "/" + certificate)
                .output();
    }
}
