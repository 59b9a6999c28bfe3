package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resolving and remembering, down to a registry over real TLS. */
class FetchIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void anUnknownImageOverAKeptConnectionWithBasicAuthCostsOneRoundTripAndItsSignaturesOneMore() throws Exception {
        try (TestRegistry registry =
                        TestRegistry.builder().basicAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            ImageFetcher fetcher = fetcher(client);
            Pushed other = registry.images().image("acme/other").tag("1").push();
            assertThat(fetcher.resolve(other.reference(), ANN, soon())).isNotNull();
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Pushed bundle = registry.signer().signBundle(image, SigningKey.p256());
            registry.latency(Duration.ofMillis(400));
            registry.log().clear();

            Image resolved = fetcher.resolve(image.reference(), ANN, soon());
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsExactly("GET /v2/acme/api/manifests/1 basic");
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var details = threads.submit(() -> fetcher.details(resolved, Platform.LINUX_AMD64, ANN, soon()));
                var referrers = threads.submit(
                        () -> client.registry().referrers(resolved.reference(), resolved.digest(), ANN, soon()));
                assertThat(details.get().platformDigest()).isEqualTo(image.digest());
                assertThat(referrers.get().found().getFirst().digest()).isEqualTo(bundle.digest());
            }

            assertThat(registry.log().count()).isEqualTo(4);
            assertThat(registry.log().depth()).isEqualTo(2);
            assertThat(registry.log().connections()).isEqualTo(1);
            assertThat(fetcher.resolve(ImageReference.parse(image.pinned()), ANN, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(registry.log().count()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("Attack 14: a tag that moves after it was resolved changes nothing for the reference that was pinned")
    @Tag("attack-14")
    void aTagThatMovesChangesNothingForThePinnedReference() {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            RememberingFetcher fetcher = fetcher(client);
            Pushed good = registry.images().image("acme/api").tag("1").push();
            Image resolved = fetcher.resolve(good.reference(), NOBODY, soon());
            Pushed bad = registry.images().image("acme/api").tag("1").push();
            ImageReference pinned = ImageReference.parse(good.reference().pinned(resolved.digest()));

            nanos.addAndGet(Duration.ofSeconds(11).toNanos());
            assertThat(fetcher.resolve(pinned, NOBODY, soon()).digest()).isEqualTo(good.digest());
            assertThat(fetcher.resolve(good.reference(), NOBODY, soon()).digest())
                    .isEqualTo(bad.digest());
            fetcher.invalidate();
            assertThat(fetcher.resolve(pinned, NOBODY, soon()).digest()).isEqualTo(good.digest());
        }
    }

    @Test
    @DisplayName("Attack 68: what one namespace tried with its Secrets is not told to another that asks for the same")
    @Tag("attack-68")
    void aRefusalThatIsRememberedTellsEachOfItsOwnSecrets() {
        try (TestRegistry registry =
                        TestRegistry.builder().basicAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            ImageFetcher fetcher = fetcher(client);
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Keychain.Found one = new Keychain.Found(
                    new Credential.Basic("ann", "old", "secret \"ta/one\""), List.of("secret \"ta/two\" is missing"));
            Keychain.Found other = new Keychain.Found(new Credential.Basic("ann", "old", "secret \"tb/x\""), List.of());

            assertThat(failureOf(() -> fetcher.resolve(image.reference(), one, soon())))
                    .hasMessageContaining(
                            "with the credentials of secret \"ta/one\" (also tried: secret \"ta/two\" is missing). Check");
            int asked = registry.log().count();
            assertThat(failureOf(() -> fetcher.resolve(image.reference(), other, soon())))
                    .hasMessageContaining("with the credentials of secret \"tb/x\". Check")
                    .hasMessageNotContaining("ta/");
            assertThat(registry.log().count()).isEqualTo(asked);
        }
    }

    @Test
    @DisplayName("Attack 22: requests at the same time, over one connection, each get the digest of their own image")
    @Tag("attack-22")
    void digestsAreNotSwappedBetweenConcurrentRequests() throws Exception {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth()
                        .user("ann", "pw")
                        .latency(Duration.ofMillis(5))
                        .start();
                RegistryClient client = RegistryClient.of(registry);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ImageFetcher fetcher = fetcher(client);
            List<Pushed> images = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                images.add(registry.images()
                        .image("acme/app" + i % 4)
                        .tag("t" + i)
                        .label("number", "" + i)
                        .push());
            }
            List<Future<Image>> resolved = new ArrayList<>();
            List<Future<Image>> again = new ArrayList<>();
            images.forEach(image -> {
                resolved.add(threads.submit(() -> fetcher.resolve(image.reference(), ANN, soon())));
                again.add(threads.submit(() -> fetcher.resolve(image.reference(), NOBODY, soon())));
            });

            for (int i = 0; i < images.size(); i++) {
                Pushed image = images.get(i);
                Image own = resolved.get(i).get();
                assertThat(own.digest()).isEqualTo(image.digest());
                assertThat(own.document().digest()).isEqualTo(image.digest());
                assertThat(again.get(i).get().digest()).isEqualTo(image.digest());
                assertThat(fetcher.details(own, Platform.LINUX_AMD64, ANN, soon())
                                .config()
                                .labels())
                        .containsEntry("number", "" + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "silent, DEADLINE_EXCEEDED",
        "trickling, DEADLINE_EXCEEDED",
        "endless, LIMIT_EXCEEDED",
        "closing, REGISTRY_UNREACHABLE",
        "garbage, REGISTRY_MALFORMED",
        "empty, REGISTRY_MALFORMED",
        "deep, LIMIT_EXCEEDED",
        "page, MEDIA_TYPE_UNSUPPORTED",
        "busy, REGISTRY_UNAVAILABLE"
    })
    @DisplayName(
            "Attack 10: whatever a registry does, the answer comes within the deadline and leaves no connection or thread")
    @Tag("attack-10")
    void whateverARegistryDoesItEndsWithinTheDeadline(String behaviour, Code code) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            registry.on("/v2/acme/api/manifests/1", hostile(behaviour));
            ImageReference reference = ImageReference.parse(registry.host() + "/acme/api:1");
            // the first connection takes its time: classes, TLS
            assertThat(client.registry().findManifest(reference.withTag("none"), NOBODY, soon()))
                    .isEmpty();
            long threads = platformThreads();
            boolean outOfTime = code == Code.DEADLINE_EXCEEDED;
            Deadline deadline = Deadline.in(outOfTime ? Duration.ofMillis(600) : Duration.ofSeconds(20));
            long started = System.nanoTime();

            Failure failure = failureOf(() -> fetcher(client).resolve(reference, NOBODY, deadline));

            assertThat(failure.code()).as(failure.message()).isEqualTo(code);
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .as("well before any limit of the transport's own")
                    .isLessThan(Duration.ofSeconds(4));
            assertThat(platformThreads()).isLessThanOrEqualTo(threads);
            if (outOfTime) {
                until(() -> client.transport().openConnections() == 0);
            }
            client.transport().close();
            until(() -> client.transport().openConnections() == 0);
        }
    }

    @Test
    void ofTwoLookupsForReferrersNeitherIsLeftBehindWhenTheOtherFails(@TempDir Path folder) {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.to(registry)
                        .limits(Limits.of(Map.of(Limit.IDLE_MILLIS, 300L)))
                        .build()) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on("/v2/acme/api/manifests/sha256-" + image.digest().hex(), request -> {});
            registry.on(
                    "/v2/acme/api/referrers/" + image.digest(),
                    request -> request.response().setStatusCode(500).end());

            assertThat(client.registry()
                            .referrers(image.reference(), image.digest(), NOBODY, soon())
                            .failures())
                    .extracting(Failure::code)
                    .containsExactly(Code.REGISTRY_UNAVAILABLE, Code.REGISTRY_TIMEOUT);
            until(() -> !liveThreads(folder).contains("landwaiter-referrers"));
        }
    }

    @Test
    void aThousandPodsOfOneBadImageCostOneLookUp() throws Exception {
        try (TestRegistry registry =
                        TestRegistry.builder().latency(Duration.ofMillis(50)).start();
                RegistryClient client = RegistryClient.of(registry);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ImageFetcher fetcher = fetcher(client);
            ImageReference missing = ImageReference.parse(registry.host() + "/acme/api:none");
            List<Future<Code>> pods = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                pods.add(threads.submit(() -> failureOf(() -> fetcher.resolve(missing, NOBODY, soon()))
                        .code()));
            }
            for (Future<Code> pod : pods) {
                assertThat(pod.get()).isEqualTo(Code.IMAGE_NOT_FOUND);
            }
            assertThat(registry.log().count()).isEqualTo(1);
        }
    }

    @Test
    void whatADigestNamesIsKnownWhileTheRegistryIsDown() {
        TestRegistry registry = TestRegistry.start();
        try (RegistryClient client = RegistryClient.of(registry)) {
            ImageFetcher fetcher = fetcher(client);
            Pushed image = registry.images().image("acme/api").tag("1").push();
            assertThat(fetcher.resolve(image.reference(), NOBODY, soon())).isNotNull();
            registry.close();
            nanos.addAndGet(Duration.ofHours(1).toNanos());

            assertThat(fetcher.resolve(ImageReference.parse(image.pinned()), NOBODY, soon())
                            .digest())
                    .isEqualTo(image.digest());
            assertThat(failureOf(() -> fetcher.resolve(image.reference(), NOBODY, soon()))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNREACHABLE);
        }
    }

    private static Consumer<HttpServerRequest> hostile(String behaviour) {
        return switch (behaviour) {
            case "silent" -> request -> {};
            case "trickling" ->
                request -> {
                    request.response().setChunked(true);
                    request.response().write("{");
                };
            case "endless" ->
                request -> {
                    request.response().setChunked(true);
                    endless(request);
                };
            case "closing" -> request -> request.connection().close();
            case "garbage" -> request -> answer(request, MediaType.OCI_MANIFEST, "{\"schemaVersion\":");
            case "empty" -> request -> answer(request, MediaType.OCI_MANIFEST, "");
            case "deep" -> request -> answer(request, MediaType.OCI_MANIFEST, "{\"a\":" + "[".repeat(100_000));
            case "page" -> request -> answer(request, "text/html", "{\"hello\":\"<html>\"}");
            case "busy" -> request -> request.response().setStatusCode(503).end();
            default -> throw new IllegalArgumentException(behaviour);
        };
    }

    private static void answer(HttpServerRequest request, String mediaType, String text) {
        request.response().putHeader("Content-Type", mediaType).end(text);
    }

    private static void endless(HttpServerRequest request) {
        request.response().write(Buffer.buffer(new byte[64 << 10])).onSuccess(written -> endless(request));
    }

    /** Those that are not Vert.x's own, which it starts one by one as it needs them. */
    private static long platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("vert.x-"))
                .count();
    }

    /** The names of all threads, virtual ones included, as the JDK dumps them. */
    private static String liveThreads(Path folder) {
        try {
            Path dump = Files.createTempDirectory(folder, "dump").resolve("threads.json");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
            return Files.readString(dump);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RememberingFetcher fetcher(RegistryClient client) {
        return new RememberingFetcher(
                new RegistryFetcher(client.registry(), Limits.defaults()),
                client.registry(),
                MemorySettings.defaults(),
                nanos::get,
                TierListener.NONE,
                BackgroundAsks.onVirtualThreads(Limits.defaults()));
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Failure failureOf(ThrowingCallable call) {
        Failure failure = catchThrowableOfType(Failure.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    /** Waits for what something else brings about; gives up after twenty seconds. */
    private static void until(BooleanSupplier condition) {
        Deadline giveUp = soon();
        while (!condition.getAsBoolean()) {
            giveUp.check("waiting");
            Thread.onSpinWait();
        }
    }
}
