package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Client certificates of kubeconfigs with keys of every kind, shown to a server that demands them. */
@Timeout(60)
class KubeconfigIT {
    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** One that answers only who shows a certificate that {@code trusted} vouches for. */
    private HttpServer server(String trusted) {
        return TlsApiServer.start(
                vertx,
                authority,
                new HttpServerOptions()
                        .setPort(0)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(trusted))),
                KubeconfigIT::answer);
    }

    private static void answer(HttpServerRequest request) {
        try {
            boolean known = request.connection().peerCertificates().getFirst() instanceof X509Certificate shown
                    && shown.getSubjectX500Principal().getName().equals("CN=landwaiter");
            var _ = request.response().setStatusCode(known ? 404 : 401).end("{}");
        } catch (SSLPeerUnverifiedException e) {
            var _ = request.response().setStatusCode(401).end("{}");
        }
    }

    private Path kubeconfig(int port, String user) throws IOException {
        Path _ = Files.writeString(folder.resolve("ca.crt"), authority.pem());
        return Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://localhost:%d", certificate-authority: ca.crt}}]
                users: [{name: u, user: {%s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(port, user));
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    private static PullSecrets.Reading read(ClusterConnection cluster) {
        return new ClusterPullSecrets(cluster).secret("shop", "pull", Deadline.in(Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, pkcs8, plain",
        "RSA, pkcs1, plain",
        "RSA, pkcs1, crlf",
        "P-256, pkcs8, plain",
        "P-256, sec1, plain",
        "P-256, sec1, parameters",
        "P-256, pkcs8, crlf",
        "P-256, pkcs8, text",
        "P-256, pkcs8, bundle",
        "P-384, pkcs8, plain",
        "P-384, sec1, plain",
        "Ed25519, pkcs8, plain",
        "Ed25519, pkcs8, text"
    })
    void aKeyOfEveryKindAndFormIsShown(String kind, String form, String shape) throws Exception {
        KeyPair keys = keys(kind);
        String certificate = pem(certificate(keys));
        String key = shaped(form(keys, kind, form), certificate, shape);
        HttpServer server = server(certificate);

        Path embedded = kubeconfig(
                server.actualPort(),
                "client-certificate-data: %s, client-key-data: %s".formatted(base64(certificate), base64(key)));
        try (ClusterConnection cluster = ClusterConnection.of(embedded, Limits.defaults())) {
            assertThat(read(cluster)).isEqualTo(new PullSecrets.Absent("is missing"));
        }

        Path _ = Files.writeString(folder.resolve("client.crt"), certificate);
        Path _ = Files.writeString(folder.resolve("client.key"), key);
        Path files = kubeconfig(server.actualPort(), "client-certificate: client.crt, client-key: client.key");
        try (ClusterConnection cluster = ClusterConnection.of(files, Limits.defaults())) {
            assertThat(read(cluster)).isEqualTo(new PullSecrets.Absent("is missing"));
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsRefusedWithTheCauseAndNothingOfTheKey() throws Exception {
        KeyPair keys = keys("P-256");
        String certificate = pem(certificate(keys));
        String plain = form(keys, "P-256", "pkcs8");

        refused(
                certificate,
                pem(new JcaPKCS8Generator(
                        keys.getPrivate(),
                        new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                                .setProvider(new BouncyCastleProvider())
                                .setPassword("hunter2".toCharArray())
                                .build())),
                "Could not read private key client-key: it is encrypted, and there is nobody to type a password. Give it unencrypted, readable by this process alone.");
        refused(
                certificate,
                form(keys("P-256"), "P-256", "pkcs8"),
                "Could not use certificate client-certificate: private key client-key is not the key of its first certificate (CN=landwaiter). Give the two that were issued together, leaf first.");
        refused(
                certificate,
                certificate,
                "Could not read private key client-key: no PRIVATE KEY block is in it. Give a PEM file with a key in PKCS#8, PKCS#1 or SEC 1 form.");
        refused(
                certificate,
                plain.substring(0, plain.length() / 2),
                "Could not read private key client-key: it is not well-formed PEM. Check that the file is complete.");
    }

    private void refused(String certificate, String key, String why) throws IOException {
        Path file = kubeconfig(
                1, "client-certificate-data: %s, client-key-data: %s".formatted(base64(certificate), base64(key)));

        assertThatThrownBy(() -> ClusterConnection.of(file, Limits.defaults()))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.FILE_UNREADABLE))
                .hasMessage("Could not read kubeconfig \"%s\". %s".formatted(file, why));
    }

    private static KeyPair keys(String kind) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.startsWith("P-") ? "EC" : kind);
        switch (kind) {
            case "RSA" -> generator.initialize(2048);
            case "Ed25519" -> {}
            default -> generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
        }
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(KeyPair keys) throws Exception {
        X500Principal subject = new X500Principal("CN=landwaiter");
        String algorithm = switch (keys.getPrivate().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        Instant now = Instant.now();
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                subject,
                                BigInteger.TWO,
                                Date.from(now.minusSeconds(3_600)),
                                Date.from(now.plusSeconds(3_600)),
                                subject,
                                keys.getPublic())
                        .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate())));
    }

    private static String form(KeyPair keys, String kind, String form) throws Exception {
        return switch (form) {
            case "pkcs8" -> pem(new JcaPKCS8Generator(keys.getPrivate(), null));
            case "pkcs1" -> pem(keys.getPrivate());
            default -> {
                int bits = Integer.parseInt(kind.substring(2));
                yield pem(new PemObject(
                        "EC PRIVATE KEY",
                        new ECPrivateKey(
                                        bits,
                                        ((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS(),
                                        bits == 256 ? SECObjectIdentifiers.secp256r1 : SECObjectIdentifiers.secp384r1)
                                .getEncoded()));
            }
        };
    }

    private static String shaped(String key, String certificate, String shape) throws IOException {
        return switch (shape) {
            case "crlf" -> key.replace("\n", "\r\n");
            case "text" ->
                "Bag Attributes\n    friendlyName: landwaiter\nKey Attributes: <No Attributes>\n" + key + "\n\n";
            case "bundle" -> certificate + key;
            case "parameters" -> pem(new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded())) + key;
            default -> key;
        };
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
