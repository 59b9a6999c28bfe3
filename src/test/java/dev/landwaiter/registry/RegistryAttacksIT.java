package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against registries that attack it, over real TLS. Numbers are those of the attack catalogue. */
class RegistryAttacksIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
    private static final Keychain.Found ANNS_REFRESH_TOKEN =
            new Keychain.Found(new Credential.RefreshToken("refresh-pw", "docker configuration"), List.of());

    @Test
    @DisplayName(
            "Attack 2: a huge attachment is not downloaded beyond its limit, whether its manifest admits its size or not")
    @Tag("attack-02")
    void aHugeAttachmentIsNotDownloaded() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            ImageReference repository = ImageReference.parse(registry.host() + "/acme/api");
            byte[] huge = new byte[6 << 20];
            Digest digest = registry.content().putBlob("acme/api", huge);

            for (long stated : List.of((long) huge.length, 100L)) {
                Failure failure = failureOf(() -> client.registry()
                        .blob(
                                repository,
                                Descriptor.of("application/octet-stream", digest, stated),
                                Limit.SIGNATURE_BYTES,
                                NOBODY,
                                soon()));
                assertThat(failure)
                        .hasMessage(
                                "Could not read blob %s of %s/acme/api: it exceeds the limit 'signature-bytes' of 4194304 bytes. If it is meant to be that large, raise the setting --limit signature-bytes=…."
                                        .formatted(digest, registry.host()));
            }
            assertThat(registry.log().count()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("Attack 12: other content under the digest that was asked for is refused")
    @Tag("attack-12")
    void otherContentUnderADigestIsRefused() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed good = registry.images().image("acme/api").tag("1").push();
            Pushed bad = registry.images().image("acme/api").tag("bad").push();
            byte[] swapped =
                    registry.content().manifest("acme/api", "bad").orElseThrow().content();
            registry.content().putManifestAs("acme/api", MediaType.OCI_MANIFEST, good.digest(), swapped);
            registry.content().putBlobAs("acme/api", good.digest(), new byte[5]);

            Failure failure =
                    failureOf(() -> client.registry().manifest(ImageReference.parse(good.pinned()), NOBODY, soon()));
            assertThat(failure.code()).isEqualTo(Code.DIGEST_MISMATCH);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered with other content, of digest %s. Do not trust this registry or what lies between; push the image again."
                                    .formatted(good.pinned(), registry.host(), bad.digest()));
            assertThat(failureOf(() -> client.registry()
                                    .blob(
                                            good.reference(),
                                            Descriptor.of("", good.digest(), 5),
                                            Limit.CONFIG_BYTES,
                                            NOBODY,
                                            soon()))
                            .code())
                    .isEqualTo(Code.DIGEST_MISMATCH);
        }
    }

    @Test
    @DisplayName("Attack 13: a stated digest that the bytes do not have is refused, by tag too")
    @Tag("attack-13")
    void aStatedDigestThatTheBytesDoNotHaveIsRefused() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Digest claimed = Digest.sha256(new byte[] {1});
            byte[] content =
                    registry.content().manifest("acme/api", "1").orElseThrow().content();
            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response()
                            .putHeader("Content-Type", MediaType.OCI_MANIFEST)
                            .putHeader("Docker-Content-Digest", claimed.toString())
                            .end(Buffer.buffer(content)));

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s states the digest %s, but its answer has %s. Do not trust this registry or what lies between; push the image again."
                                    .formatted(image.text(), registry.host(), claimed, image.digest()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("Attack 35: credentials are not sent to a token server that is not the registry owner's")
    @Tag("attack-35")
    void credentialsAreNotSentToAHostileTokenServer(boolean password) {
        try (TestRegistry thief = TestRegistry.start();
                TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .realm(thief.uri() + "/token")
                        .start();
                RegistryClient client = RegistryClient.of(registry, thief)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Keychain.Found credential = password ? ANN : ANNS_REFRESH_TOKEN;

            Failure failure = failureOf(() -> client.registry().manifest(image.reference(), credential, soon()));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_REFUSED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s names the token server %s, which is not of its domain; the credentials of %s were not sent there. If it is the right one, allow it with --allow-token-realm %s=%s."
                                    .formatted(
                                            image.text(),
                                            registry.host(),
                                            thief.host(),
                                            credential.credential().source(),
                                            registry.host(),
                                            thief.host()));
            assertThat(thief.log().count()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 35: a token server that a setting names is shown them")
    @Tag("attack-35")
    void aTokenServerThatASettingNamesIsShownCredentials() {
        try (TestRegistry login = TestRegistry.start();
                TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .realm(login.uri() + "/token")
                        .start();
                RegistryClient client = RegistryClient.to(registry, login)
                        .tokenRealm(registry.host(), login.host())
                        .build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(catchThrowableOfType(
                            Failure.class, () -> client.registry().manifest(image.reference(), ANN, soon())))
                    .isNotNull(); // the two know nothing of each other's tokens
            assertThat(login.log().all())
                    .extracting(LoggedRequest::authorizationKind)
                    .contains("basic");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://169.254.169.254/latest/meta-data",
                "https://[fd00:ec2::254]/latest",
                "https://0.0.0.0/token",
                "https://[::]/token",
                "https://[::ffff:169.254.169.254]/token",
                "https://[64:ff9b::a9fe:a9fe]/token",
                "https://10.0.0.1/token",
                "https://100.64.0.1/token",
                "https://[fc00::1]/token"
            })
    @DisplayName("Attacks 36 and 39: no token server at a metadata or inner address is asked, not even for nobody")
    @Tag("attack-36")
    @Tag("attack-39")
    void noTokenServerAtAnInnerAddressIsAsked(String realm) {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().realm(realm).start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_REFUSED);
        }
    }

    @Test
    @DisplayName("Attack 36: a realm downgraded to plain http is refused, with and without credentials")
    @Tag("attack-36")
    void aRealmOverPlainHttpIsRefused() {
        try (TestRegistry plain = TestRegistry.builder().plainHttp().start();
                TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .realm(plain.uri() + "/token")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s names the token server %s, which is spoken to over plain http; the credentials of secret \"shop/pull\" were not sent there. Let the registry name it by https."
                                    .formatted(image.text(), registry.host(), plain.host()));
            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s names the token server %s over plain http, which is refused. Let the registry name it by https."
                                    .formatted(image.text(), registry.host(), plain.host()));
            assertThat(plain.log().count()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 37: a token server's redirect is not followed")
    @Tag("attack-37")
    void aTokenServersRedirectIsNotFollowed() {
        try (TestRegistry inner = TestRegistry.start();
                TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry, inner)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/token",
                    request -> request.response()
                            .setStatusCode(307)
                            .putHeader("Location", inner.uri() + "/latest/meta-data")
                            .end());

            Failure failure = failureOf(() -> client.registry().manifest(image.reference(), ANN, soon()));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_REDIRECT_REFUSED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: the token server %s answered 307, and token servers' redirects are not followed. Let the registry name the right token server."
                                    .formatted(image.text(), registry.host()));
            assertThat(inner.log().count()).isZero();
        }
    }

    @Test
    @DisplayName(
            "Attack 38: a token server whose name means a private address is refused, though the registry may be there")
    @Tag("attack-38")
    void aNameOfAPrivateAddressIsRefusedForATokenServer() {
        try (TestRegistry registry = TestRegistry.builder()
                        .names("registry.acme.com")
                        .bearerAuth()
                        .realm("https://login.acme.com/token")
                        .start();
                RegistryClient client = RegistryClient.to(registry)
                        .authority("registry.acme.com", registry)
                        .resolver(host -> new InetAddress[] {
                            InetAddress.ofLiteral(host.equals("registry.acme.com") ? "127.0.0.1" : "192.168.1.9")
                        })
                        .build()) {
            ImageReference reference = ImageReference.parse("registry.acme.com:" + registry.port() + "/acme/api:1");

            assertThat(failureOf(() -> client.registry().manifest(reference, ANN, soon())))
                    .hasMessage(
                            "Could not fetch a token for registry.acme.com:%d/acme/api from login.acme.com: 192.168.1.9 is a private address, and another host named it. If it is meant to be spoken to, allow it with --allow-address 192.168.1.9."
                                    .formatted(registry.port()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, REGISTRY_ADDRESS_REFUSED",
        "127.0.0.1, REGISTRY_ADDRESS_REFUSED",
        "[::], REGISTRY_ADDRESS_REFUSED",
        "[::1], REGISTRY_ADDRESS_REFUSED",
        "[::7f00:1], REGISTRY_ADDRESS_REFUSED",
        // another spelling of an address is not even read
        "[::ffff:127.0.0.1], IMAGE_REFERENCE_INVALID",
        "[::ffff:0:0], IMAGE_REFERENCE_INVALID",
        "[::127.0.0.1], IMAGE_REFERENCE_INVALID",
        "[64:ff9b::7f00:1], REGISTRY_ADDRESS_REFUSED",
        "169.254.169.254, REGISTRY_ADDRESS_REFUSED",
        "[fe80::1], REGISTRY_ADDRESS_REFUSED",
        "224.0.0.1, REGISTRY_ADDRESS_REFUSED",
        "255.255.255.255, REGISTRY_ADDRESS_REFUSED"
    })
    @DisplayName(
            "Attack 39, 43: a reference to an inner address, of a Pod or of a policy, is refused however it is written")
    @Tag("attack-39")
    @Tag("attack-43")
    void aReferenceToAnInnerAddressIsRefused(String host, Code code) {
        try (RegistryClient client = RegistryClient.to().allowNothingInner().build()) {
            Failure failure = failureOf(
                    () -> client.registry().manifest(ImageReference.parse(host + "/acme/api:1"), NOBODY, soon()));
            assertThat(failure.code()).isEqualTo(code);
            assertThat(client.transport().openConnections()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 40: what a registry is shown is not shown again where it redirects to")
    @Tag("attack-40")
    void authorizationIsNotReattachedAfterARedirect() {
        for (boolean bearer : List.of(true, false)) {
            TestRegistry.Builder builder = TestRegistry.builder().user("ann", "pw");
            byte[] content = "x".getBytes(StandardCharsets.UTF_8);
            Digest digest = Digest.sha256(content);
            String path = "/v2/acme/api/blobs/" + digest;
            try (TestRegistry other = TestRegistry.start();
                    TestRegistry registry = (bearer ? builder.bearerAuth() : builder.basicAuth()).start();
                    RegistryClient client = RegistryClient.of(registry, other)) {
                Pushed image = registry.images().image("acme/api").tag("1").push();
                assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                        .isPresent();
                registry.on(
                        path,
                        request -> request.response()
                                .setStatusCode(307)
                                .putHeader("Location", other.uri() + "/away")
                                .end());
                other.on(
                        "/away",
                        request -> request.response()
                                .setStatusCode(302)
                                .putHeader("Location", registry.uri() + "/home")
                                .end());
                registry.on("/home", request -> request.response().end(Buffer.buffer(content)));
                registry.log().clear();

                assertThat(client.registry()
                                .blob(image.reference(), Descriptor.of("", digest, 1), Limit.CONFIG_BYTES, ANN, soon()))
                        .isEqualTo(content);
                assertThat(registry.log().all())
                        .extracting(LoggedRequest::toString)
                        .containsExactly("GET " + path + (bearer ? " bearer" : " basic"), "GET /home none");
                assertThat(other.log().all())
                        .extracting(LoggedRequest::toString)
                        .containsExactly("GET /away none");
            }
        }
    }

    @Test
    @DisplayName("Attack 40: a challenge of the host redirected to is not answered")
    @Tag("attack-40")
    void aChallengeAfterARedirectIsNotAnswered() {
        try (TestRegistry other = TestRegistry.builder().basicAuth().start();
                TestRegistry registry =
                        TestRegistry.builder().basicAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry, other)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response()
                            .setStatusCode(307)
                            .putHeader("Location", other.uri() + "/v2/acme/api/manifests/1")
                            .end());

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNAUTHORIZED);
            assertThat(other.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsExactly("GET /v2/acme/api/manifests/1 none");
        }
    }

    @Test
    @DisplayName("Attack 36: a redirect from https to http, in circles, or to an inner address is refused")
    @Tag("attack-36")
    void redirectsAreHeldToTheSameRules() {
        try (TestRegistry plain = TestRegistry.builder().plainHttp().start();
                TestRegistry registry = TestRegistry.start();
                RegistryClient client =
                        RegistryClient.to(registry).plainHttp(plain.host()).build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            String path = "/v2/acme/api/manifests/1";

            assertThat(redirected(registry, client, image, plain.uri() + "/x").code())
                    .isEqualTo(Code.REGISTRY_REDIRECT_REFUSED);
            assertThat(plain.log().count()).isZero();
            assertThat(redirected(registry, client, image, path).code()).isEqualTo(Code.LIMIT_EXCEEDED);
            assertThat(redirected(registry, client, image, "https://169.254.169.254/x")
                            .code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
            assertThat(redirected(registry, client, image, "https://10.1.2.3/x").code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
            assertThat(redirected(registry, client, image, "file:///etc/passwd").code())
                    .isEqualTo(Code.REGISTRY_MALFORMED);
            assertThat(redirected(registry, client, image, "https://[bad").code())
                    .isEqualTo(Code.REGISTRY_MALFORMED);
        }
    }

    @Test
    @DisplayName("Attack 41: what one registry was shown is not shown to another whose name begins alike")
    @Tag("attack-41")
    void credentialsAndTokensStayWithTheirHost() {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                TestRegistry other = TestRegistry.builder().bearerAuth().start();
                RegistryClient client = RegistryClient.of(registry, other)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed same = other.images().image("acme/api").tag("1").push();
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
            String token = registry.log().all().getLast().authorization();

            assertThat(client.registry().headDigest(same.reference(), NOBODY, soon()))
                    .isPresent();
            assertThat(other.log().all())
                    .isNotEmpty()
                    .noneMatch(request -> request.authorization().equals(token))
                    .noneMatch(request -> request.authorizationKind().equals("basic"));
        }
    }

    @Test
    @DisplayName("Attack 42: a request by nobody carries no credential of ours, whatever this process has")
    @Tag("attack-42")
    void nothingOfThisProcessIsAttached() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            java.util.Set<String> sent = java.util.concurrent.ConcurrentHashMap.newKeySet();
            registry.on("/v2/acme/api/manifests/1", request -> {
                request.headers().names().forEach(name -> sent.add(name.toLowerCase(java.util.Locale.ROOT)));
                registry.proceed(request);
            });

            assertThat(client.registry()
                            .manifest(image.reference(), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(sent)
                    .allMatch(name -> List.of(
                                    "accept",
                                    "accept-encoding",
                                    "user-agent",
                                    "host",
                                    ":authority",
                                    ":method",
                                    ":path",
                                    ":scheme")
                            .contains(name));
        }
    }

    private static Failure redirected(TestRegistry registry, RegistryClient client, Pushed image, String location) {
        registry.on(
                "/v2/acme/api/manifests/1",
                request -> request.response()
                        .setStatusCode(307)
                        .putHeader("Location", location)
                        .end());
        return failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon()));
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static Failure failureOf(ThrowingCallable call) {
        Failure failure = catchThrowableOfType(Failure.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }
}
