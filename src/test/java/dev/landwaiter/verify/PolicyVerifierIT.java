package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.RegistryArtifactFetcher;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Source;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures in a registry over real TLS, through the product's own client. */
@Timeout(60)
class PolicyVerifierIT {
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());

    static Stream<SigningKey> keys() {
        return Stream.of(
                SigningKey.p256(),
                SigningKey.p384(),
                SigningKey.p521(),
                SigningKey.rsa(2048),
                SigningKey.ed25519(),
                SigningKey.ed25519ph());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKindOfKeyVerifiesInBothFormsWithAndWithoutTheReferrersApi(SigningKey key) {
        try (TestRegistry modern = registry().start();
                TestRegistry old = registry().withoutReferrersApi().start();
                RegistryClient client = RegistryClient.of(modern, old)) {
            for (TestRegistry registry : List.of(modern, old)) {
                Pushed simple = registry.images().image("acme/simple").push();
                registry.signer().signSimple(simple, key);
                Pushed bundled = registry.images().image("acme/bundled").push();
                assertThat(registry.signer().signBundle(bundled, key)).isNotNull();

                assertThat(format(verify(client, simple, policy(key("release", key)))))
                        .isEqualTo(Evidence.Format.COSIGN_SIMPLE);
                assertThat(format(verify(client, bundled, policy(key("release", key)))))
                        .isEqualTo(Evidence.Format.SIGSTORE_BUNDLE);
                assertThat(verify(client, bundled, policy(key("release", RELEASE))))
                        .isInstanceOfSatisfying(
                                Verdict.Rejected.class,
                                rejected -> assertThat(rejected.code()).isEqualTo(Code.SIGNATURE_INVALID));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("The old form costs two round trips and the new one three, whatever the number of keys and policies")
    void costsFewRoundTrips(boolean referrersApi) {
        try (TestRegistry registry = (referrersApi ? registry() : registry().withoutReferrersApi()).start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed simple = registry.images().image("acme/simple").push();
            registry.signer().signSimple(simple, RELEASE);
            Pushed bundled = registry.images().image("acme/bundled").push();
            assertThat(registry.signer().signBundle(bundled, RELEASE)).isNotNull();
            Image simpleImage = resolve(client, simple);
            Image bundledImage = resolve(client, bundled);
            registry.latency(Duration.ofMillis(100));
            Authority[] fifteen = Stream.concat(
                            IntStream.range(0, 14).mapToObj(i -> key("key-" + i, SigningKey.p256())),
                            Stream.of(key("release", RELEASE)))
                    .toArray(Authority[]::new);

            for (int policies : List.of(1, 3)) {
                PolicyVerifier verifier = verifier(client);
                registry.log().clear();
                verifyAll(verifier, simpleImage, policies, fifteen);
                assertThat(registry.log().depth()).isEqualTo(2);
                assertThat(registry.log().count()).isEqualTo(4);

                registry.log().clear();
                verifyAll(verifier, bundledImage, policies, fifteen);
                assertThat(registry.log().depth()).isEqualTo(3);
                assertThat(registry.log().count()).isEqualTo(5);
            }
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::toString)
                    .contains("GET /v2/acme/bundled/manifests/sha256-"
                            + bundled.digest().hex() + ".sig basic");
        }
    }

    @Test
    @DisplayName("Fifteen keys and three signatures cost no more round trips than one key")
    void fifteenKeysAndThreeSignaturesCostNoMoreThanOneKey() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed pushed = registry.images().image("acme/api").push();
            for (SigningKey key : List.of(SigningKey.p256(), SigningKey.ed25519ph(), RELEASE)) {
                assertThat(registry.signer().signBundle(pushed, key)).isNotNull();
            }
            Image image = resolve(client, pushed);
            registry.latency(Duration.ofMillis(100));
            Authority[] fifteen = Stream.concat(
                            IntStream.range(0, 14).mapToObj(i -> key("key-" + i, SigningKey.p256())),
                            Stream.of(key("release", RELEASE)))
                    .toArray(Authority[]::new);
            for (Authority[] authorities : List.of(new Authority[] {key("release", RELEASE)}, fifteen)) {
                registry.log().clear();
                verifyAll(verifier(client), image, 1, authorities);
                assertThat(registry.log().depth()).isEqualTo(3);
                assertThat(registry.log().count()).isEqualTo(3 + 3 + 3);
            }
        }
    }

    @Test
    @Tag("attack-6")
    @DisplayName(
            "Attack 6: nothing is inflated, so a signature that is a compressed bomb is only bytes of a wrong digest")
    void aCompressedBombIsNotInflated() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[64 << 20]);
        }
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").push();
            byte[] inflated = new byte[64 << 10];
            assertThat(registry.signer().pushBundle(image, CosignSigner.SIGNATURE_PREDICATE, inflated))
                    .isNotNull();
            registry.on(
                    "/v2/acme/api/blobs/" + Digest.sha256(inflated),
                    request -> request.response()
                            .putHeader("content-encoding", "gzip")
                            .end(Buffer.buffer(bomb.toByteArray())));
            assertThat(bomb.size()).isLessThan(1 << 20);
            assertThat(verify(client, image, policy(key("release", RELEASE))))
                    .isInstanceOfSatisfying(Verdict.Rejected.class, rejected -> {
                        assertThat(rejected.code()).isEqualTo(Code.DIGEST_MISMATCH);
                        assertThat(rejected.message())
                                .contains("answered with %d bytes where its manifest states 65536"
                                        .formatted(bomb.size()));
                    });
        }
    }

    @Test
    @Tag("attack-15")
    @DisplayName(
            "Attack 15: once it is resolved an image is known by its digest alone, and its tag is not looked up again")
    void theTagIsLookedUpOnce() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed signed = registry.images().image("acme/api").tag("1.4").push();
            registry.signer().signSimple(signed, RELEASE);
            Image image = resolve(client, signed);
            Pushed moved = registry.images().image("acme/api").tag("1.4").push();
            assertThat(moved.digest()).isNotEqualTo(signed.digest());
            registry.log().clear();
            assertThat(verifier(client).verify(image, policy(key("release", RELEASE)), ANN, soon()))
                    .isInstanceOfSatisfying(
                            Verdict.Verified.class,
                            verified -> assertThat(verified.evidence())
                                    .extracting(Evidence::signed)
                                    .containsExactly(signed.digest()));
            assertThat(registry.log().all())
                    .isNotEmpty()
                    .extracting(LoggedRequest::toString)
                    .noneMatch(request -> request.contains("/manifests/1.4"));
            assertThat(verify(client, moved, policy(key("release", RELEASE)))).isInstanceOf(Verdict.Rejected.class);
        }
    }

    @Test
    void signaturesInAnotherRegistryAreFoundWithTheSecretsOfThePolicyAlone() {
        try (TestRegistry registry = registry().start();
                TestRegistry store = TestRegistry.builder()
                        .basicAuth()
                        .user("signatures", "pw")
                        .start();
                RegistryClient client = RegistryClient.of(registry, store)) {
            Pushed image = registry.images().image("acme/api").push();
            byte[] payload = CosignSigner.simplePayload("acme/api", image.digest());
            Pushed there = new Pushed(store.host(), "sig/store", "", image.digest(), image.mediaType(), image.size());
            store.signer().signSimple(there, payload, RELEASE.sign(payload));
            SourceKeychains secrets = source -> (reference, deadline) -> new Keychain.Found(
                    new Credential.Basic("signatures", "pw", "secret \"ops/" + source.signaturePullSecrets() + "\""),
                    List.of());
            PolicyVerifier verifier = new PolicyVerifier(
                    new RegistryArtifactFetcher(client.registry()),
                    secrets,
                    new BundleVerifier(),
                    Limits.defaults(),
                    System::nanoTime);
            assertThat(verifier.verify(resolve(client, image), policy(keptIn(store, List.of("pull"))), ANN, soon()))
                    .isInstanceOf(Verdict.Verified.class);
            assertThat(verifier.verify(resolve(client, image), policy(keptIn(store, List.of())), ANN, soon()))
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo(Code.REGISTRY_UNAUTHORIZED));
        }
    }

    private static Authority keptIn(TestRegistry store, List<String> secrets) {
        Source source = new Source(store.host() + "/sig/store", "ops", secrets, null);
        return new Authority.Key(
                "release",
                List.of(new VerificationKey(RELEASE.keys().getPublic())),
                new Terms(List.of(source), Demands.NONE, List.of()));
    }

    @Test
    void anIndexIsSignedByItselfOrByAllItsManifests() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed amd64 = registry.images().image("acme/api").push();
            Pushed arm64 = registry.images()
                    .image("acme/api")
                    .platform("linux", "arm64")
                    .push();
            Pushed index = registry.images()
                    .index("acme/api")
                    .entry(amd64, "linux", "amd64")
                    .entry(arm64, "linux", "arm64")
                    .attestation(amd64)
                    .push();
            ImagePolicy policy = policy(key("release", RELEASE));
            assertThat(verify(client, index, policy)).isInstanceOf(Verdict.Rejected.class);
            registry.signer().signSimple(amd64, RELEASE);
            assertThat(verify(client, index, policy)).isInstanceOf(Verdict.Rejected.class);
            assertThat(registry.signer().signBundle(arm64, RELEASE)).isNotNull();
            assertThat(verify(client, index, policy))
                    .isInstanceOfSatisfying(
                            Verdict.Verified.class,
                            verified -> assertThat(verified.evidence())
                                    .extracting(Evidence::signed)
                                    .containsExactly(amd64.digest(), arm64.digest()));
            registry.signer().signSimple(index, RELEASE);
            assertThat(verify(client, index, policy))
                    .isInstanceOfSatisfying(
                            Verdict.Verified.class,
                            verified -> assertThat(verified.evidence())
                                    .extracting(Evidence::signed)
                                    .containsExactly(index.digest()));
        }
    }

    @Test
    @Tag("attack-5")
    @DisplayName("Attack 5: a referrer's layer larger than it states is cut off and refused")
    void aLayerLargerThanItStatesIsRefused() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").push();
            byte[] bundle = CosignSigner.bundle("application/vnd.in-toto+json", new byte[0], RELEASE);
            assertThat(registry.signer().pushBundle(image, CosignSigner.SIGNATURE_PREDICATE, bundle))
                    .isNotNull();
            Digest blob = Digest.sha256(bundle);
            registry.on(
                    "/v2/acme/api/blobs/" + blob,
                    request -> request.response().setChunked(true).end("x".repeat(8 << 20)));
            assertThat(verify(client, image, policy(key("release", RELEASE))))
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo(Code.LIMIT_EXCEEDED));
        }
    }

    @Test
    void aRegistryThatFailsIsUnavailableAndOneThatForbidsIsRefused() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed pushed = registry.images().image("acme/api").push();
            Image image = resolve(client, pushed);
            ImagePolicy policy = policy(key("release", RELEASE));
            String tag = "/v2/acme/api/manifests/sha256-" + pushed.digest().hex() + ".sig";
            registry.on(tag, request -> request.response().setStatusCode(503).end());
            assertThat(verifier(client).verify(image, policy, ANN, soon()))
                    .isInstanceOfSatisfying(
                            Verdict.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo(Code.REGISTRY_UNAVAILABLE));
            registry.on(tag, request -> request.response().setStatusCode(403).end());
            assertThat(verifier(client).verify(image, policy, ANN, soon()))
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo(Code.REGISTRY_FORBIDDEN));
        }
    }

    @Test
    @DisplayName("A registry that forbids the tags that it does not have, as Artifactory does, hides no signature")
    void aRegistryThatForbidsTagsThatAreNotThereHidesNoSignature() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").push();
            assertThat(registry.signer().signBundle(image, RELEASE)).isNotNull();
            for (String suffix : List.of("", ".sig")) {
                registry.on(
                        "/v2/acme/api/manifests/sha256-" + image.digest().hex() + suffix,
                        request -> request.response().setStatusCode(403).end());
            }
            assertThat(format(verify(client, image, policy(key("release", RELEASE)))))
                    .isEqualTo(Evidence.Format.SIGSTORE_BUNDLE);
        }
    }

    @Test
    void aRegistryThatHasGoneIsUnavailable() {
        Image gone = resolvedOfOneThatHasStopped();
        try (RegistryClient client = RegistryClient.of()) {
            assertThat(verifier(client).verify(gone, policy(key("release", RELEASE)), ANN, soon()))
                    .isInstanceOfSatisfying(
                            Verdict.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo(Code.REGISTRY_UNREACHABLE));
        }
    }

    private static Image resolvedOfOneThatHasStopped() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            return resolve(client, registry.images().image("acme/api").push());
        }
    }

    @Test
    @Tag("attack-10")
    @DisplayName(
            "Attack 10: a registry that is silent about signatures holds nothing up past the deadline and leaves no connection behind")
    void aSilentRegistryLeavesNothingBehind() {
        try (TestRegistry registry = registry().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed pushed = registry.images().image("acme/api").push();
            registry.signer().signSimple(pushed, RELEASE);
            Image image = resolve(client, pushed);
            registry.on("/v2/acme/api/referrers/" + pushed.digest(), request -> {});
            long start = System.nanoTime();
            assertThat(verifier(client)
                            .verify(
                                    image,
                                    policy(key("other", SigningKey.p256())),
                                    ANN,
                                    Deadline.in(Duration.ofSeconds(1))))
                    .isInstanceOf(Verdict.Unavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_500));
            assertThat(format(verifier(client)
                            .verify(image, policy(key("release", RELEASE)), ANN, Deadline.in(Duration.ofSeconds(1)))))
                    .isEqualTo(Evidence.Format.COSIGN_SIMPLE);
            assertThat(client.transport().openConnections()).isLessThanOrEqualTo(1);
        }
    }

    private static TestRegistry.Builder registry() {
        return TestRegistry.builder().basicAuth().user("ann", "pw");
    }

    private static PolicyVerifier verifier(RegistryClient client) {
        return Fixtures.verifier(new RegistryArtifactFetcher(client.registry()));
    }

    private static Image resolve(RegistryClient client, Pushed image) {
        return new RegistryFetcher(client.registry(), Limits.defaults()).resolve(image.reference(), ANN, soon());
    }

    private static Verdict verify(RegistryClient client, Pushed image, ImagePolicy policy) {
        return verifier(client).verify(resolve(client, image), policy, ANN, soon());
    }

    private static void verifyAll(PolicyVerifier verifier, Image image, int policies, Authority... authorities) {
        for (int i = 0; i < policies; i++) {
            assertThat(verifier.verify(image, policy(authorities), ANN, soon())).isInstanceOf(Verdict.Verified.class);
        }
    }

    private static Evidence.Format format(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Verified.class);
        return ((Verdict.Verified) verdict).evidence().getFirst().format();
    }
}
