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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where registries send their clients, over real TLS: what addresses they write, and who is asked there as whom. */
class RedirectsIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
    private static final byte[] CONTENT = "elsewhere".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.sha256(CONTENT);
    private static final String BLOB = "/v2/acme/api/blobs/" + DIGEST;
    private static final String MANIFEST = "/v2/acme/api/manifests/1";

    @ParameterizedTest
    @ValueSource(strings = {"a=1|2&b={c}&d=e^f&g=\"h\"&i=[j]&k=<l>&m=`n`&o=p\\q", "sig=a%7Cb%2F%3D", "policy=100%&x"})
    void aQueryIsSentAsItWasWritten(String query) {
        try (TestRegistry storage = TestRegistry.start();
                TestRegistry older = TestRegistry.builder().http1Only().start();
                RegistryClient client = RegistryClient.of(storage, older)) {
            for (TestRegistry registry : List.of(storage, older)) {
                registry.on("/stored", request -> request.response().end(Buffer.buffer(CONTENT)));
                redirect(registry, BLOB, registry.uri() + "/stored?" + query);

                assertThat(blob(client, registry, NOBODY)).isEqualTo(CONTENT);
                assertThat(registry.log().all().getLast().query()).isEqualTo(query);
            }
        }
    }

    @Test
    void aPathIsEncodedWhereItMustBe() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            registry.on("/stored%7Bhere%7D%5E", request -> request.response().end(Buffer.buffer(CONTENT)));
            redirect(registry, BLOB, "/stored{here}^");

            assertThat(blob(client, registry, NOBODY)).isEqualTo(CONTENT);
        }
    }

    @Test
    void aLocationOfAQueryAloneKeepsThePath() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            registry.on(BLOB, request -> {
                if (request.query() == null) {
                    request.response()
                            .setStatusCode(307)
                            .putHeader("Location", "?again=1")
                            .end();
                } else {
                    request.response().end(Buffer.buffer(CONTENT));
                }
            });

            assertThat(blob(client, registry, NOBODY)).isEqualTo(CONTENT);
            assertThat(registry.log().all()).extracting(LoggedRequest::query).containsExactly("", "again=1");
        }
    }

    @Test
    void aLinkOfAQueryAloneIsTheNextPage() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Digest subject = Digest.sha256(new byte[] {1});
            Digest first = Digest.sha256(new byte[] {2});
            Digest second = Digest.sha256(new byte[] {3});
            registry.on("/v2/acme/api/referrers/" + subject, request -> {
                boolean more = request.query() == null;
                request.response().putHeader("Content-Type", MediaType.OCI_INDEX);
                if (more) {
                    request.response().putHeader("Link", "<?n=1&last=a|b>; rel=\"next\"");
                }
                request.response()
                        .end("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}]}"
                                .formatted(MediaType.OCI_MANIFEST, more ? first : second));
            });

            assertThat(client.registry()
                            .referrers(ImageReference.parse(registry.host() + "/acme/api"), subject, NOBODY, soon())
                            .found())
                    .extracting(Descriptor::digest)
                    .containsExactly(first, second);
            assertThat(registry.log().all()).extracting(LoggedRequest::query).contains("n=1&last=a|b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "https://[1:2]/x", "https://ann:pw@localhost/x", "gopher://localhost/x", "https://a b/x"})
    void whatIsNoAddressIsToldAsSuch(String location) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            registry.on(MANIFEST, request -> {
                request.response().setStatusCode(307);
                if (!location.isEmpty()) {
                    request.response().putHeader("Location", location);
                }
                request.response().end();
            });
            ImageReference reference = ImageReference.parse(registry.host() + "/acme/api:1");

            Failure failure = failureOf(() -> client.registry().manifest(reference, NOBODY, soon()));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_MALFORMED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s redirects to %s. Let it redirect to an https address, or to none."
                                    .formatted(
                                            reference.text(),
                                            registry.host(),
                                            location.isEmpty() ? "nowhere" : "what is not a valid address"));
        }
    }

    @Test
    @DisplayName(
            "Attack 40: another registry's challenge after a redirect is answered by nobody, and no credential goes along")
    @Tag("attack-40")
    void anotherRegistrysChallengeIsAnsweredByNobody() {
        try (TestRegistry other =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry, other)) {
            Pushed image = other.images().image("acme/api").tag("1").push();
            ImageReference reference = ImageReference.parse(registry.host() + "/acme/api:1");
            registry.on(MANIFEST, request -> {
                if (request.getHeader("Authorization") == null) {
                    registry.proceed(request);
                } else {
                    request.response()
                            .setStatusCode(307)
                            .putHeader("Location", other.uri() + MANIFEST)
                            .end();
                }
            });

            for (int i = 0; i < 2; i++) {
                assertThat(client.registry().manifest(reference, ANN, soon()).digest())
                        .isEqualTo(image.digest());
            }

            assertThat(other.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsExactly(
                            "GET " + MANIFEST + " none",
                            "GET /token none",
                            "GET " + MANIFEST + " bearer",
                            "GET " + MANIFEST + " bearer");
            List<String> shownHere = registry.log().all().stream()
                    .map(LoggedRequest::authorization)
                    .filter(shown -> !shown.isEmpty())
                    .toList();
            assertThat(shownHere).isNotEmpty();
            assertThat(other.log().all())
                    .extracting(LoggedRequest::authorization)
                    .doesNotContainAnyElementsOf(shownHere);
        }
    }

    @Test
    @DisplayName(
            "Attack 40: what is private where a redirect leads stays so, for whoever may read it by its own name too")
    @Tag("attack-40")
    void whatIsPrivateElsewhereStaysSo() {
        try (TestRegistry other = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry, other)) {
            Pushed image = other.images().image("acme/api").tag("1").push();
            redirect(registry, MANIFEST, other.uri() + MANIFEST);
            ImageReference reference = ImageReference.parse(registry.host() + "/acme/api:1");
            // a token that was given to her is there
            assertThat(client.registry()
                            .manifest(image.reference(), ANN, soon())
                            .digest())
                    .isEqualTo(image.digest());
            other.log().clear();

            Failure failure = failureOf(() -> client.registry().manifest(reference, ANN, soon()));

            assertThat(failure.code()).isIn(Code.REGISTRY_UNAUTHORIZED, Code.REGISTRY_FORBIDDEN);
            assertThat(failure.message())
                    .startsWith("Could not fetch manifest of %s: %s, to which %s redirects, answered 40"
                            .formatted(reference.text(), other.host(), registry.host()))
                    .endsWith(
                            "without credentials. Credentials never go where a redirect leads; if the image is private there, name it by that host.");
            assertThat(other.log().all())
                    .extracting(LoggedRequest::authorizationKind)
                    .doesNotContain("basic");
        }
    }

    @Test
    @DisplayName("Attack 36: the token server that another registry names is held to the address guard")
    @Tag("attack-36")
    void anotherRegistrysTokenServerIsGuarded() {
        try (TestRegistry other = TestRegistry.builder()
                        .bearerAuth()
                        .realm("https://169.254.169.254/latest")
                        .start();
                TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry, other)) {
            redirect(registry, MANIFEST, other.uri() + MANIFEST);

            assertThat(failureOf(() -> client.registry()
                                    .manifest(ImageReference.parse(registry.host() + "/acme/api:1"), NOBODY, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
        }
    }

    @Test
    @DisplayName("Attack 38: a host that is known by a redirect alone is no more trusted as its own token server")
    @Tag("attack-38")
    void aRedirectsHostIsNoMoreTrustedAsATokenServer() {
        Deque<String> addresses = new ArrayDeque<>(List.of("127.0.0.1", "192.168.1.9"));
        try (TestRegistry other =
                        TestRegistry.builder().names("other.test").bearerAuth().start();
                TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.to(registry)
                        .authority("other.test", other)
                        .resolver(host -> new InetAddress[] {
                            InetAddress.ofLiteral(host.equals("other.test") ? addresses.removeFirst() : "127.0.0.1")
                        })
                        .build()) {
            other.realm("https://other.test:" + other.port() + "/token");
            redirect(registry, MANIFEST, "https://other.test:" + other.port() + MANIFEST);

            assertThat(failureOf(() -> client.registry()
                            .manifest(ImageReference.parse(registry.host() + "/acme/api:1"), NOBODY, soon())))
                    .hasMessage(
                            "Could not fetch a token for other.test:%d/acme/api from other.test:%d: 192.168.1.9 is a private address, and another host named it. If it is meant to be spoken to, allow it with --allow-address 192.168.1.9."
                                    .formatted(other.port(), other.port()));
        }
    }

    @Test
    void aChallengeWithoutAServiceIsAnsweredWithoutOne() {
        try (TestRegistry registry = TestRegistry.builder().bearerAuth().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(MANIFEST, request -> {
                if (request.getHeader("Authorization") == null) {
                    request.response()
                            .setStatusCode(401)
                            .putHeader("WWW-Authenticate", "Bearer realm=\"" + registry.uri() + "/token\"")
                            .end();
                } else {
                    registry.proceed(request);
                }
            });

            assertThat(client.registry()
                            .manifest(image.reference(), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(registry.log().all())
                    .filteredOn(request -> request.path().equals("/token"))
                    .extracting(LoggedRequest::query)
                    .containsExactly("scope=repository%3Aacme%2Fapi%3Apull");
        }
    }

    @Test
    void aTokenServerThatIsNotThereIsNoMissingImage() {
        try (TestRegistry registry = TestRegistry.builder().bearerAuth().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.realm(registry.uri() + "/no-such-token");

            Failure failure = failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon()));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_REFUSED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: the token server %s answered 404 NOT_FOUND \"there is nothing at this path\". Check that %s names the right token server."
                                    .formatted(image.text(), registry.host(), registry.host()));
        }
    }

    private static byte[] blob(RegistryClient client, TestRegistry registry, Keychain.Found credential) {
        return client.registry()
                .blob(
                        ImageReference.parse(registry.host() + "/acme/api"),
                        Descriptor.of("application/octet-stream", DIGEST, CONTENT.length),
                        Limit.CONFIG_BYTES,
                        credential,
                        soon());
    }

    private static void redirect(TestRegistry registry, String path, String location) {
        registry.on(
                path,
                request -> request.response()
                        .setStatusCode(307)
                        .putHeader("Location", location)
                        .end());
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
