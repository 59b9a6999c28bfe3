package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a tag names while its registry is unavailable, by an injected clock. Work in the background is done when the test says so. */
class UnavailableRegistryTest {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
    private static final String REPOSITORY = "ghcr.io/acme/api";
    private static final ImageReference TAG = ImageReference.parse(REPOSITORY + ":1");

    private final AtomicLong nanos = new AtomicLong();
    private final FakeRegistry registry = new FakeRegistry();
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unconfirmed = new AtomicInteger();
    private final RememberingFetcher fetcher = fetcher(MemorySettings.defaults(), Limits.defaults());
    private final Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));

    @ParameterizedTest
    @EnumSource(
            names = {
                "REGISTRY_UNREACHABLE",
                "REGISTRY_TLS_FAILED",
                "REGISTRY_TIMEOUT",
                "REGISTRY_RATE_LIMITED",
                "CREDENTIAL_RATE_LIMITED",
                "REGISTRY_UNAVAILABLE",
                "OVERLOADED"
            })
    void aTagIsWhatItWasLastWhileItsRegistryIsUnavailable(Code code) {
        assertThat(resolve().unconfirmed()).isNull();
        fail(code);
        pass(Duration.ofSeconds(10));

        Image image = resolve();

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.unconfirmed()).hasMessage("registry: " + code);
        assertThat(unconfirmed).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "REGISTRY_UNAUTHORIZED",
                "REGISTRY_FORBIDDEN",
                "IMAGE_NOT_FOUND",
                "REGISTRY_REFUSED",
                "DIGEST_MISMATCH",
                "MANIFEST_MALFORMED",
                "BUDGET_EXCEEDED"
            })
    void aRefusalCountsAtOnce(Code code) {
        assertThat(resolve()).isNotNull();
        fail(code);
        pass(Duration.ofSeconds(10));

        assertThat(failure(NOBODY).code()).isEqualTo(code);
        assertThat(unconfirmed).hasValue(0);
    }

    @Test
    void onlyTheFirstWaitsForTheRegistryAndTheRestIsAskedInTheBackground() {
        assertThat(resolve()).isNotNull();
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));
        assertThat(resolve().unconfirmed()).isNotNull();
        int asked = registry.asked().size();

        for (int i = 0; i < 1000; i++) {
            assertThat(known().digest()).isEqualTo(digest);
        }
        assertThat(registry.asked()).hasSize(asked);
        assertThat(background).isEmpty();

        pass(Duration.ofSeconds(5));
        for (int i = 0; i < 1000; i++) {
            assertThat(known().unconfirmed()).isNotNull();
        }
        assertThat(registry.asked()).hasSize(asked);
        assertThat(background).hasSize(1);
        runBackground();
        assertThat(registry.asked()).hasSizeGreaterThan(asked);
        assertThat(known().unconfirmed()).isNotNull();
        assertThat(background).isEmpty();
    }

    @Test
    void aTagThatMovedMeanwhileIsSeenWithinItsUsualTimeOfTheRegistrysReturn() {
        assertThat(resolve()).isNotNull();
        fail(Code.REGISTRY_UNREACHABLE);
        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));
        pass(Duration.ofSeconds(10));
        for (int i = 0; i < 600; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(resolve().digest()).isEqualTo(digest);
            runBackground();
        }

        registry.before(() -> {});
        Duration gone = Duration.ZERO;
        while (known().digest().equals(digest)) {
            pass(Duration.ofMillis(100));
            gone = gone.plusMillis(100);
            runBackground();
        }

        assertThat(gone).isLessThan(Duration.ofSeconds(10));
        assertThat(resolve().digest()).isEqualTo(moved);
        assertThat(resolve().unconfirmed()).isNull();
    }

    @Test
    void aTagThatNobodyAskedForMeanwhileIsAskedForBeforeItIsAnswered() {
        unavailableFor(Duration.ofSeconds(12));
        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));
        registry.before(() -> {});
        pass(Duration.ofMinutes(30));

        assertThat(resolve().digest()).isEqualTo(moved);
        assertThat(resolve().unconfirmed()).isNull();
        assertThat(background).isEmpty();
    }

    @Test
    void aRefusalInTheBackgroundCountsFromThenOn() {
        unavailableFor(Duration.ofSeconds(16));
        fail(Code.IMAGE_NOT_FOUND);
        assertThat(known().unconfirmed()).isNotNull();
        runBackground();

        assertThat(failure(NOBODY).code()).isEqualTo(Code.IMAGE_NOT_FOUND);
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));
        assertThat(failure(NOBODY).code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
    }

    @Test
    void whatIsLongAgoDoesNotServe() {
        assertThat(resolve()).isNotNull();
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofMinutes(59));
        assertThat(resolve().digest()).isEqualTo(digest);
        pass(Duration.ofSeconds(59));
        assertThat(resolve().digest()).isEqualTo(digest);
        runBackground();
        pass(Duration.ofSeconds(1));

        assertThat(failure(NOBODY).code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
        registry.before(() -> {});
        pass(Duration.ofSeconds(10));
        assertThat(resolve().unconfirmed()).isNull();
    }

    @Test
    void withoutGraceTheFailureCounts() {
        RememberingFetcher strict = fetcher(
                new MemorySettings(1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ZERO),
                Limits.defaults());
        assertThat(strict.resolve(TAG, NOBODY, soon())).isNotNull();
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));

        assertThat(catchThrowableOfType(Failure.class, () -> strict.resolve(TAG, NOBODY, soon()))
                        .code())
                .isEqualTo(Code.REGISTRY_UNREACHABLE);
    }

    @Test
    void whatOneCredentialWasAnsweredServesNoOther() {
        assertThat(fetcher.resolve(TAG, ANN, soon()).digest()).isEqualTo(digest);
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));

        assertThat(fetcher.resolve(TAG, ANN, soon()).unconfirmed()).isNotNull();
        assertThat(failure(NOBODY).code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
        assertThat(failure(new Keychain.Found(new Credential.Basic("bob", "pw", "secret \"other/pull\""), List.of()))
                        .code())
                .isEqualTo(Code.REGISTRY_UNREACHABLE);
    }

    @Test
    @Tag("attack-68")
    @DisplayName("Attack 68: why a tag could not be confirmed names the Secrets of whoever is told it alone")
    void theReasonNamesNobodyElsesSecrets() {
        Keychain.Found bob = new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"tb/x\""), List.of());
        assertThat(fetcher.resolve(TAG, ANN, soon())).isNotNull();
        registry.before(() -> {
            throw Failure.told(
                    Code.REGISTRY_RATE_LIMITED, asker -> "429 with %s".formatted(asker.credentials()), ANN.asker());
        });
        pass(Duration.ofSeconds(10));

        assertThat(fetcher.resolve(TAG, ANN, soon()).unconfirmed())
                .hasMessage("429 with the credentials of secret \"shop/pull\"");
        assertThat(fetcher.resolve(TAG, bob, soon()).unconfirmed())
                .hasMessage("429 with the credentials of secret \"tb/x\"");
    }

    @Test
    void oneWhoseTimeRanOutLeavesNothingForTheOthersToWaitFor() {
        assertThat(resolve()).isNotNull();
        pass(Duration.ofSeconds(10));
        fail(Code.DEADLINE_EXCEEDED);
        assertThat(resolve().unconfirmed())
                .hasMessage(
                        "Could not fetch manifest of ghcr.io/acme/api:1: ghcr.io did not answer in time. Try again later; if it lasts, ask who runs ghcr.io.");
        registry.before(() -> {});

        assertThat(known().unconfirmed()).isNotNull();
        runBackground();
        assertThat(known().unconfirmed())
                .as("asked at once, with time of its own")
                .isNull();
    }

    @Test
    @Tag("attack-60")
    @DisplayName("Attack 60: a namespace that fills a registry's queue makes no tag old for others")
    void aTenantThatHasNoRoomMakesNoTagOldForOthers() {
        assertThat(resolve()).isNotNull();
        pass(Duration.ofSeconds(10));
        fail(Code.OVERLOADED);
        Deadline evil = soon().onBehalfOf("evil");
        assertThat(fetcher.resolve(TAG, NOBODY, evil).unconfirmed()).isNotNull();
        assertThat(fetcher.resolve(TAG, NOBODY, Deadline.passed().onBehalfOf("evil"))
                        .unconfirmed())
                .isNotNull();
        runBackground();
        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));
        registry.before(() -> {});

        Image image = fetcher.resolve(TAG, NOBODY, soon().onBehalfOf("shop"));

        assertThat(image.digest()).isEqualTo(moved);
        assertThat(image.unconfirmed()).isNull();
        assertThat(fetcher.resolve(TAG, NOBODY, evil).unconfirmed()).isNull();
    }

    @Test
    void oneTenantsTagsLeaveRoomForThoseOfOthers() {
        RememberingFetcher small = fetcher(
                MemorySettings.defaults(),
                Limits.of(Map.of(Limit.FETCHES_AT_ONCE, 4L, Limit.FETCHES_OF_NAMESPACE, 2L)));
        for (int i = 0; i < 8; i++) {
            registry.put(REPOSITORY, "t" + i, Documents.manifest("t" + i));
            assertThat(small.resolve(tag(i), NOBODY, soon())).isNotNull();
        }
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));
        for (int i = 0; i < 8; i++) {
            assertThat(small.resolve(tag(i), NOBODY, soon().onBehalfOf(tenant(i)))
                            .unconfirmed())
                    .isNotNull();
        }
        pass(Duration.ofSeconds(5));
        for (int i = 0; i < 8; i++) {
            assertThat(small.resolve(tag(i), NOBODY, Deadline.passed().onBehalfOf(tenant(i)))
                            .unconfirmed())
                    .isNotNull();
        }
        assertThat(background).as("two of one tenant, and the other's").hasSize(3);

        runBackground();
        for (int i = 0; i < 8; i++) {
            assertThat(small.resolve(tag(i), NOBODY, Deadline.passed().onBehalfOf(tenant(i)))
                            .unconfirmed())
                    .isNotNull();
        }
        assertThat(background).as("those that had no room come next").hasSize(2);
    }

    private static String tenant(int number) {
        return number < 7 ? "many" : "one";
    }

    private static ImageReference tag(int number) {
        return ImageReference.parse(REPOSITORY + ":t" + number);
    }

    private void unavailableFor(Duration duration) {
        assertThat(resolve()).isNotNull();
        fail(Code.REGISTRY_UNREACHABLE);
        pass(Duration.ofSeconds(10));
        assertThat(resolve().unconfirmed()).isNotNull();
        pass(duration.minusSeconds(10));
    }

    private void fail(Code code) {
        registry.before(() -> {
            throw new Failure(code, "registry: " + code);
        });
    }

    private void runBackground() {
        @Nullable Runnable next = background.poll();
        while (next != null) {
            next.run();
            next = background.poll();
        }
    }

    private RememberingFetcher fetcher(MemorySettings settings, Limits limits) {
        return new RememberingFetcher(
                new RegistryFetcher(registry, Limits.defaults()),
                registry,
                settings,
                nanos::get,
                new TierListener() {
                    @Override
                    public void unconfirmed() {
                        unconfirmed.incrementAndGet();
                    }
                },
                new BackgroundAsks(background::add, limits));
    }

    private Image resolve() {
        return fetcher.resolve(TAG, NOBODY, soon());
    }

    /** As the event loop asks: with no time at all. */
    private Image known() {
        return fetcher.resolve(TAG, NOBODY, Deadline.passed());
    }

    private Failure failure(Keychain.Found credential) {
        Failure failure = catchThrowableOfType(Failure.class, () -> fetcher.resolve(TAG, credential, soon()));
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }
}
