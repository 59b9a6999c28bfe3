package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against registries that behave, over real TLS. */
class OciRegistryIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());

    @Test
    void manifestsAreReadByTagAndByDigest() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(client.registry()
                            .manifest(image.reference(), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(client.registry()
                            .manifest(ImageReference.parse(image.pinned()), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(client.registry().headDigest(image.reference(), NOBODY, soon()))
                    .contains(image.digest());
        }
    }

    @Test
    void indexesAndDockersMediaTypesAreRead() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed amd = registry.images().image("acme/api").docker().push();
            Pushed index = registry.images()
                    .index("acme/api")
                    .tag("1")
                    .entry(amd, "linux", "amd64")
                    .attestation(amd)
                    .push();

            Index read = (Index) client.registry().manifest(index.reference(), NOBODY, soon());
            assertThat(read.runnable()).extracting(Descriptor::digest).containsExactly(amd.digest());
            assertThat(client.registry().manifest(ImageReference.parse(amd.pinned()), NOBODY, soon()))
                    .isInstanceOf(Manifest.class);
        }
    }

    @Test
    void blobsAreRead() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images()
                    .image("acme/api")
                    .tag("1")
                    .layer("the layer")
                    .push();
            Manifest manifest = (Manifest) client.registry().manifest(image.reference(), NOBODY, soon());

            assertThat(client.registry()
                            .blob(image.reference(), manifest.layers().getFirst(), Limit.CONFIG_BYTES, NOBODY, soon()))
                    .asString()
                    .isEqualTo("the layer");
        }
    }

    @Test
    void aMissingManifestIsNotFoundAndWhoeverMayFindNoneFindsNone() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            ImageReference missing = ImageReference.parse(registry.host() + "/acme/api:2");

            Failure failure = failureOf(() -> client.registry().manifest(missing, NOBODY, soon()));
            assertThat(failure.code()).isEqualTo(Code.IMAGE_NOT_FOUND);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 404 MANIFEST_UNKNOWN \"unknown to this registry\". Check the spelling of %s, and that it was pushed."
                                    .formatted(missing, registry.host(), missing));
            assertThat(client.registry().findManifest(missing, NOBODY, soon())).isEmpty();
        }
    }

    @Test
    void aPrivateImageIsRefusedToStrangersAndToWrongPasswords() {
        try (TestRegistry registry = TestRegistry.builder()
                        .basicAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Keychain.Found wrong = new Keychain.Found(
                    new Credential.Basic("ann", "no", "secret \"shop/pull\""),
                    List.of("secret \"shop/other\" does not exist"));

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 401 UNAUTHORIZED \"authentication required\" with no credentials. If the image is private, name a pull secret with an entry for %s/acme/api."
                                    .formatted(image.text(), registry.host(), registry.host()));
            Failure failure = failureOf(() -> client.registry().manifest(image.reference(), wrong, soon()));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNAUTHORIZED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 401 UNAUTHORIZED \"authentication required\" with the credentials of secret \"shop/pull\" (also tried: secret \"shop/other\" does not exist). Check that they are current for %s/acme/api."
                                    .formatted(image.text(), registry.host(), registry.host()));
        }
    }

    @Test
    void anotherUsersImageIsForbidden() {
        try (TestRegistry registry = TestRegistry.builder()
                        .basicAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "bob")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            Failure failure = failureOf(() -> client.registry().manifest(image.reference(), ANN, soon()));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_FORBIDDEN);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 403 DENIED \"requested access to the resource is denied\" with the credentials of secret \"shop/pull\". Check that they may read %s/acme/api."
                                    .formatted(image.text(), registry.host(), registry.host()));
        }
    }

    @Test
    void basicCredentialsAreShownAtOnceToAHostThatWantedThemBefore() {
        try (TestRegistry registry =
                        TestRegistry.builder().basicAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed first = registry.images().image("acme/api").tag("1").push();
            Pushed second = registry.images().image("acme/web").tag("1").push();
            assertThat(client.registry()
                            .manifest(first.reference(), ANN, soon())
                            .digest())
                    .isEqualTo(first.digest());
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::authorizationKind)
                    .containsExactly("none", "basic");
            registry.log().clear();

            assertThat(client.registry()
                            .manifest(second.reference(), ANN, soon())
                            .digest())
                    .isEqualTo(second.digest());
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::authorizationKind)
                    .containsExactly("basic");
            assertThat(registry.log().connections()).isEqualTo(1);
        }
    }

    @Test
    void aTokenIsTakenOnceAndServesUntilItExpires() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T00:00:00Z"));
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .tokenLife(Duration.ofMinutes(5))
                        .start();
                RegistryClient client =
                        RegistryClient.to(registry).clock(now::get).build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            assertThat(client.registry()
                            .manifest(image.reference(), ANN, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsExactly(
                            "GET /v2/acme/api/manifests/1 none",
                            "GET /token basic",
                            "GET /v2/acme/api/manifests/1 bearer");

            now.set(now.get().plusSeconds(269));
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
            assertThat(registry.log().count("GET", "/token")).isEqualTo(1);

            now.set(now.get().plusSeconds(2));
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
            assertThat(registry.log().count("GET", "/token")).isEqualTo(2);
        }
    }

    @Test
    void aTokenThatTheServerForgotIsTakenAgain() {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
            registry.revokeTokens();

            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
        }
    }

    @Test
    void requestsMadeTogetherTakeOneTokenForEachCredential() throws Exception {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            List<Pushed> images = List.of(
                    registry.images().image("acme/api").tag("1").push(),
                    registry.images().image("acme/api").tag("2").push(),
                    registry.images().image("acme/api").tag("3").push());
            List<Callable<OciDocument>> requests = new ArrayList<>();
            for (Pushed image : images) {
                requests.add(() -> client.registry().manifest(image.reference(), ANN, soon()));
            }

            assertThat(Parallel.all(requests, soon(), "the test"))
                    .extracting(OciDocument::digest)
                    .containsExactlyElementsOf(
                            images.stream().map(Pushed::digest).toList());
            assertThat(registry.log().count("GET", "/token")).isEqualTo(1);

            assertThat(failureOf(() ->
                                    client.registry().manifest(images.getFirst().reference(), NOBODY, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNAUTHORIZED);
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsOnlyOnce("GET /token basic")
                    .contains("GET /token none");
        }
    }

    @Test
    void whoeverWaitedForATokenThatWasRefusedIsToldOfTheirOwnCredential() {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "other").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            List<Callable<String>> requests = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Keychain.Found found = new Keychain.Found(
                        new Credential.Basic("ann", "pw", "secret \"team-%d/pull\"".formatted(i)), List.of());
                requests.add(() -> failureOf(() -> client.registry().manifest(image.reference(), found, soon()))
                        .message());
            }

            List<String> told = Parallel.all(requests, soon(), "the test");

            for (int i = 0; i < told.size(); i++) {
                assertThat(told.get(i)).contains("secret \"team-%d/pull\"".formatted(i));
            }
        }
    }

    @Test
    void tokensAreGivenToNobodyInParticularToo() {
        try (TestRegistry registry = TestRegistry.builder().bearerAuth().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(client.registry()
                            .manifest(image.reference(), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(registry.log().all().get(1)).hasToString("GET /token none");
        }
    }

    @Test
    void aTokenOfOneIsNeverShownForAnother() {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNAUTHORIZED);
        }
    }

    @Test
    void aRefreshTokenIsExchangedByPost() {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .privateRepository("acme/api", "ann")
                        .start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Keychain.Found refresh =
                    new Keychain.Found(new Credential.RefreshToken("refresh-pw", "docker configuration"), List.of());

            assertThat(client.registry()
                            .manifest(image.reference(), refresh, soon())
                            .digest())
                    .isEqualTo(image.digest());
            LoggedRequest exchange = registry.log().all().get(1);
            assertThat(exchange).hasToString("POST /token none");
            assertThat(exchange.body()).contains("grant_type=refresh_token").contains("refresh_token=refresh-pw");
        }
    }

    @Test
    void aWrongPasswordAtTheTokenServerIsUnauthorized() {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "other").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: the token server %s answered 401 UNAUTHORIZED \"incorrect username or password\" with the credentials of secret \"shop/pull\". Check that they are current for %s/acme/api."
                                    .formatted(image.text(), registry.host(), registry.host()));
        }
    }

    @Test
    void credentialsAreNeverSentOverPlainHttp() {
        try (TestRegistry registry = TestRegistry.builder()
                        .plainHttp()
                        .basicAuth()
                        .user("ann", "pw")
                        .start();
                RegistryClient client =
                        RegistryClient.to().plainHttp(registry.host()).build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 401 UNAUTHORIZED \"authentication required\" with no credentials (the credentials of secret \"shop/pull\" are never sent over plain http). If the image is private, name a pull secret with an entry for %s/acme/api."
                                    .formatted(image.text(), registry.host(), registry.host()));
            assertThat(registry.log().all())
                    .allMatch(request -> request.authorization().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("referrers are found with and without the API, in one round trip")
    void referrersAreFoundWithAndWithoutTheApi(boolean api) {
        TestRegistry.Builder builder = TestRegistry.builder().latency(Duration.ofMillis(400));
        try (TestRegistry registry = (api ? builder : builder.withoutReferrersApi()).start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed one = registry.signer().signBundle(image, SigningKey.p256());
            Pushed two = registry.signer().signBundle(image, SigningKey.p256());
            Pushed other = registry.images().image("acme/api").tag("2").push();

            assertThat(found(client, image))
                    .extracting(Descriptor::digest)
                    .containsExactlyInAnyOrder(one.digest(), two.digest());
            assertThat(registry.log().depth()).isEqualTo(1);
            assertThat(found(client, other)).isEmpty();
        }
    }

    @Test
    void whatBothWaysNameIsNamedOnce() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.p256());
            Pushed old = registry.images()
                    .artifact("acme/api")
                    .annotation("old", "one")
                    .push();
            registry.images()
                    .index("acme/api")
                    .tag("sha256-" + image.digest().hex())
                    .entry(bundle)
                    .entry(old)
                    .push();

            assertThat(found(client, image))
                    .extracting(Descriptor::digest)
                    .containsExactly(bundle.digest(), old.digest());
        }
    }

    @Test
    void pagesOfReferrersAreFollowedOnTheSameRegistryUpToALimit() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.to(registry)
                        .limits(Limits.of(Map.of(Limit.REFERRERS_PAGES, 3L)))
                        .build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            String path = "/v2/acme/api/referrers/" + image.digest();
            List<Digest> digests = new ArrayList<>();
            registry.on(path, request -> {
                Digest digest = Digest.sha256(new byte[] {(byte) digests.size()});
                digests.add(digest);
                if (digests.size() != 3) {
                    request.response().putHeader("Link", "<" + path + "?n=" + digests.size() + ">; rel=\"next\"");
                }
                request.response()
                        .putHeader("Content-Type", MediaType.OCI_INDEX)
                        .end(list(digest));
            });

            assertThat(found(client, image)).extracting(Descriptor::digest).containsExactlyElementsOf(digests);

            digests.clear();
            registry.on(path, request -> {
                digests.add(Digest.sha256(new byte[] {(byte) digests.size()}));
                request.response()
                        .putHeader("Link", "<" + path + "?n=" + digests.size() + ">; rel=\"next\"")
                        .putHeader("Content-Type", MediaType.OCI_INDEX)
                        .end(list(digests.getLast()));
            });
            Partial<Descriptor> endless = referrers(client, image);
            assertThat(endless.failures()).extracting(Failure::code).containsExactly(Code.LIMIT_EXCEEDED);
            assertThat(endless.found()).extracting(Descriptor::digest).containsExactlyElementsOf(digests);

            registry.on(
                    path,
                    request -> request.response()
                            .putHeader("Link", "<https://evil.example/v2/x>; rel=next")
                            .putHeader("Content-Type", MediaType.OCI_INDEX)
                            .end("{\"schemaVersion\":2,\"manifests\":[]}"));
            assertThat(referrers(client, image).failures())
                    .extracting(Failure::message)
                    .containsExactly(
                            "Could not fetch referrers of %s/acme/api@%s: %s names the next page at \"https://evil.example/v2/x\", which is not its own. Check that a registry serves this host."
                                    .formatted(registry.host(), image.digest(), registry.host()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, true",
        "404, true",
        "405, true",
        "501, true",
        "401, false",
        "403, false",
        "429, false",
        "503, false"
    })
    void onlyAnAnswerThatMeansNoApiIsNoFailure(int status, boolean fine) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/referrers/" + image.digest(),
                    request -> request.response().setStatusCode(status).end());
            Partial<Descriptor> referrers = referrers(client, image);
            assertThat(referrers.found()).isEmpty();
            assertThat(referrers.failures().isEmpty()).isEqualTo(fine);
        }
    }

    private static Partial<Descriptor> referrers(RegistryClient client, Pushed image) {
        return client.registry().referrers(image.reference(), image.digest(), NOBODY, soon());
    }

    private static List<Descriptor> found(RegistryClient client, Pushed image) {
        Partial<Descriptor> referrers = referrers(client, image);
        assertThat(referrers.failures()).isEmpty();
        return referrers.found();
    }

    private static String list(Digest digest) {
        return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"size\":1,\"digest\":\"%s\"}]}"
                .formatted(MediaType.OCI_MANIFEST, digest);
    }

    @ParameterizedTest
    @DisplayName(
            "what one way to find referrers gives counts although the other fails: Artifactory forbids a tag that is not there")
    @CsvSource({
        "true, 401, REGISTRY_UNAUTHORIZED",
        "true, 403, REGISTRY_FORBIDDEN",
        "true, 429, REGISTRY_RATE_LIMITED",
        "true, 503, REGISTRY_UNAVAILABLE",
        "true, 200, REGISTRY_MALFORMED",
        "false, 401, REGISTRY_UNAUTHORIZED",
        "false, 403, REGISTRY_FORBIDDEN",
        "false, 429, REGISTRY_RATE_LIMITED",
        "false, 503, REGISTRY_UNAVAILABLE",
        "false, 200, REGISTRY_MALFORMED"
    })
    void oneWayThatFailsTakesNothingAlong(boolean api, int status, Code code) {
        try (TestRegistry registry =
                        (api ? TestRegistry.builder() : TestRegistry.builder().withoutReferrersApi()).start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.p256());
            String other = api ? "manifests/sha256-" + image.digest().hex() : "referrers/" + image.digest();
            registry.on(
                    "/v2/acme/api/" + other,
                    request -> request.response()
                            .setStatusCode(status)
                            .putHeader("Content-Type", MediaType.OCI_INDEX)
                            .end("{\"manifests\":"));

            Partial<Descriptor> referrers = referrers(client, image);

            assertThat(referrers.found()).extracting(Descriptor::digest).containsExactly(bundle.digest());
            assertThat(referrers.failures()).extracting(Failure::code).containsExactly(code);
        }
    }

    @Test
    void oneWayThatIsSilentLeavesTimeToReadWhatTheOtherGave() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.p256());
            registry.on("/v2/acme/api/manifests/sha256-" + image.digest().hex(), request -> {});
            Deadline deadline = Deadline.in(Duration.ofSeconds(2));

            Partial<Descriptor> referrers =
                    client.registry().referrers(image.reference(), image.digest(), NOBODY, deadline);

            assertThat(referrers.found()).extracting(Descriptor::digest).containsExactly(bundle.digest());
            assertThat(referrers.failures()).extracting(Failure::code).containsExactly(Code.DEADLINE_EXCEEDED);
            assertThat(deadline.remaining()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, application/json, REGISTRY_MALFORMED",
        "200, text/html, REGISTRY_MALFORMED",
        "400, text/plain, REGISTRY_MALFORMED",
        "403, application/json, REGISTRY_FORBIDDEN",
        "503, application/json, REGISTRY_UNAVAILABLE",
        "200, application/vnd.oci.image.index.v1+json, REGISTRY_MALFORMED"
    })
    void aSecondPageThatIsNoListIsAFailureAndNotTheEnd(int status, String type, Code code) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            String path = "/v2/acme/api/referrers/" + image.digest();
            registry.on(path, request -> {
                if (request.query() == null) {
                    request.response()
                            .putHeader("Link", "<" + path + "?n=2>; rel=\"next\"")
                            .putHeader("Content-Type", MediaType.OCI_INDEX)
                            .end(list(image.digest()));
                } else {
                    request.response()
                            .setStatusCode(status)
                            .putHeader("Content-Type", type)
                            .end("<html>");
                }
            });

            Partial<Descriptor> referrers = referrers(client, image);

            assertThat(referrers.found()).extracting(Descriptor::digest).containsExactly(image.digest());
            assertThat(referrers.failures()).extracting(Failure::code).containsExactly(code);
        }
    }

    @Test
    void whatIsUnderTheFallbackTagAndNoDocumentOfOursIsNoList() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/sha256-" + image.digest().hex(),
                    request -> request.response()
                            .putHeader("Content-Type", "application/vnd.oci.artifact.manifest.v1+json")
                            .end("{\"mediaType\":\"application/vnd.oci.artifact.manifest.v1+json\",\"blobs\":[]}"));

            assertThat(found(client, image)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "429, REGISTRY_RATE_LIMITED",
        "500, REGISTRY_UNAVAILABLE",
        "503, REGISTRY_UNAVAILABLE",
        "400, REGISTRY_REFUSED",
        "418, REGISTRY_REFUSED",
        "204, REGISTRY_REFUSED"
    })
    void everyStatusHasItsCode(int status, Code code) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response().setStatusCode(status).end());

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon()))
                            .code())
                    .isEqualTo(code);
        }
    }

    @Test
    void aRateLimitSaysHowLongToWait() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response()
                            .setStatusCode(429)
                            .putHeader("Retry-After", "30")
                            .end("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}"));

            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon())))
                    .hasMessage(
                            "Could not fetch manifest of %s: %s answered 429 TOOMANYREQUESTS \"slow down\" and asks to wait 30 seconds with no credentials. Try again later, or use credentials with a higher rate limit."
                                    .formatted(image.text(), registry.host()));
            assertThat(registry.log().count()).isEqualTo(1);
        }
    }

    @Test
    @Tag("attack-54")
    @DisplayName(
            "Attack 54: an account that a tenant has used up the requests of is a refusal, and not 'could not check'")
    void theRateLimitOfATenantsOwnAccountIsARefusal() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response().setStatusCode(429).end());

            Failure own =
                    failureOf(() -> client.registry().manifest(image.reference(), ANN, soon().onBehalfOf("shop")));
            assertThat(own.code()).isEqualTo(Code.CREDENTIAL_RATE_LIMITED);
            assertThat(own.code().unavailable()).isFalse();
            assertThat(own).hasMessageContaining("429").hasMessageContaining("the credentials of secret \"shop/pull\"");
            // an admin's Secret, or nobody's: not that credential is the matter, but all who ask by it, and that never
            // admits either
            for (Deadline deadline : List.of(soon().onBehalfOf("other"), soon())) {
                assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, deadline))
                                .code())
                        .isEqualTo(Code.REGISTRY_RATE_LIMITED);
            }
            assertThat(Code.REGISTRY_RATE_LIMITED.unavailable()).isFalse();
            assertThat(failureOf(() -> client.registry().manifest(image.reference(), NOBODY, soon().onBehalfOf("shop")))
                            .code())
                    .isEqualTo(Code.REGISTRY_RATE_LIMITED);
        }
    }

    @Test
    void aRegistryThatCannotSayADigestByHeadSaysNone() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(
                    "/v2/acme/api/manifests/1", request -> request.response().end());
            assertThat(client.registry().headDigest(image.reference(), NOBODY, soon()))
                    .isEmpty();

            registry.on(
                    "/v2/acme/api/manifests/1",
                    request -> request.response().setStatusCode(405).end());
            assertThat(client.registry().headDigest(image.reference(), NOBODY, soon()))
                    .isEmpty();
        }
    }

    @Test
    void aListenerIsToldOfEveryRequest() {
        List<String> told = new ArrayList<>();
        RegistryListener listener = new RegistryListener() {
            @Override
            public void answered(String host, String method, int status, Duration took) {
                told.add(host + " " + method + " " + status);
            }

            @Override
            public void failed(String host, String method, Code code, Duration took) {
                told.add(host + " " + method + " " + code);
            }
        };
        TestRegistry registry =
                TestRegistry.builder().basicAuth().user("ann", "pw").start();
        String host = registry.host();
        try (RegistryClient client =
                RegistryClient.to(registry).listener(listener).build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            assertThat(client.registry().headDigest(image.reference(), ANN, soon()))
                    .isPresent();
            registry.close();
            assertThat(failureOf(() -> client.registry().manifest(image.reference(), ANN, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNREACHABLE);
        }
        assertThat(told).containsExactly(host + " HEAD 401", host + " HEAD 200", host + " GET REGISTRY_UNREACHABLE");
    }

    @Test
    void blobsAreFollowedToAnotherHostWhereASettingAllowsIt() {
        try (TestRegistry storage = TestRegistry.start();
                TestRegistry registry =
                        TestRegistry.builder().basicAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry, storage)) {
            byte[] content = "elsewhere".getBytes(StandardCharsets.UTF_8);
            Digest digest = Digest.sha256(content);
            storage.on("/stored", request -> request.response().end(Buffer.buffer(content)));
            registry.on(
                    "/v2/acme/api/blobs/" + digest,
                    request -> request.response()
                            .setStatusCode(307)
                            .putHeader("Location", storage.uri() + "/stored?signature=abc")
                            .end());

            assertThat(client.registry()
                            .blob(
                                    ImageReference.parse(registry.host() + "/acme/api"),
                                    Descriptor.of("application/octet-stream", digest, content.length),
                                    Limit.CONFIG_BYTES,
                                    ANN,
                                    soon()))
                    .isEqualTo(content);
            assertThat(storage.log().all().getFirst().query()).isEqualTo("signature=abc");
        }
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
