package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RememberingFetcherTest {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
    private static final String REPOSITORY = "ghcr.io/acme/api";
    private static final ImageReference TAG = ImageReference.parse(REPOSITORY + ":1");

    private final AtomicLong nanos = new AtomicLong();
    private final CountingListener listener = new CountingListener();
    private final FakeRegistry registry = new FakeRegistry();
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    private final RememberingFetcher fetcher = fetcher(MemorySettings.defaults());

    @Test
    void aTagIsBelievedForAWhile() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));

        assertThat(resolve(TAG)).isEqualTo(digest);
        pass(Duration.ofMillis(9_999));
        assertThat(resolve(TAG)).isEqualTo(digest);

        assertThat(registry.asked()).containsExactly("GET 1");
        assertThat(listener).hasToString("1 hits, 1 misses, 0 revalidated");
    }

    @Test
    void aTagIsThenConfirmedByHeadAndBelievedAgain() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        assertThat(resolve(TAG)).isEqualTo(digest);

        pass(Duration.ofSeconds(10));
        assertThat(resolve(TAG)).isEqualTo(digest);
        pass(Duration.ofSeconds(9));
        assertThat(resolve(TAG)).isEqualTo(digest);

        assertThat(registry.asked()).containsExactly("GET 1", "HEAD 1");
        assertThat(listener).hasToString("1 hits, 1 misses, 1 revalidated");
    }

    @Test
    void aTagThatMovedIsFetchedAnew() {
        assertThat(resolve(put("1", "a"))).isNotNull();
        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));

        pass(Duration.ofSeconds(10));
        assertThat(resolve(TAG)).isEqualTo(moved);
        assertThat(registry.asked()).containsExactly("GET 1", "HEAD 1", "GET 1");
    }

    @Test
    void aRegistryThatSaysNoDigestIsAskedByGet() {
        registry.withoutHead();
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        assertThat(resolve(TAG)).isEqualTo(digest);

        pass(Duration.ofSeconds(10));
        assertThat(resolve(TAG)).isEqualTo(digest);
        assertThat(registry.asked()).containsExactly("GET 1", "HEAD 1", "GET 1");
    }

    @Test
    @DisplayName(
            "Attack 14: what a tag named when it was pinned is what the pinned reference is, whatever the tag says later")
    @Tag("attack-14")
    void thePinnedReferenceIsKnownWithoutAskingAndNeverMoves() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        assertThat(resolve(TAG)).isEqualTo(digest);
        ImageReference pinned = ImageReference.parse(TAG.pinned(digest));
        registry.put(REPOSITORY, "1", Documents.manifest("b"));

        pass(Duration.ofDays(1));
        Image image = fetcher.resolve(pinned, NOBODY, soon());

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.reference().text()).isEqualTo(pinned.text());
        assertThat(registry.asked()).containsExactly("GET 1");
    }

    @Test
    void aFailureIsGivenAgainForAWhile() {
        ImageReference missing = ImageReference.parse(REPOSITORY + ":2");

        assertThat(failure(missing).code()).isEqualTo(Code.IMAGE_NOT_FOUND);
        assertThat(failure(missing).code()).isEqualTo(Code.IMAGE_NOT_FOUND);
        assertThat(registry.asked()).containsExactly("GET 2");

        Digest digest = registry.put(REPOSITORY, "2", Documents.manifest("late"));
        pass(Duration.ofSeconds(10));
        assertThat(resolve(missing)).isEqualTo(digest);
    }

    @Test
    void aLackOfTimeBudgetOrRoomAndAFaultOfOursAreNotRemembered() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        for (Code code : List.of(Code.DEADLINE_EXCEEDED, Code.BUDGET_EXCEEDED, Code.OVERLOADED, Code.INTERNAL_ERROR)) {
            registry.before(() -> {
                throw new Failure(code, "once");
            });
            assertThat(failure(TAG).code()).isEqualTo(code);
            registry.before(() -> {});
        }
        registry.before(() -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(failure(TAG).code()).isEqualTo(Code.INTERNAL_ERROR);
        registry.before(() -> {});

        assertThat(resolve(TAG)).isEqualTo(digest);
    }

    @Test
    @Tag("attack-68")
    @DisplayName(
            "Attack 68: a failure that is remembered, or waited for, names the Secrets of whoever is told it alone")
    void aRememberedFailureNamesNobodyElsesSecrets() throws Exception {
        Keychain.Found bob = Keychain.Found.anonymous(List.of("secret \"tb/pull\" has no entry for ghcr.io/acme/api"));
        Keychain.Found ann = Keychain.Found.anonymous(List.of("secret \"ta/pull\" is missing"));
        CountDownLatch answering = new CountDownLatch(1);
        registry.before(() -> {
            await(answering);
            throw Failure.told(
                    Code.REGISTRY_UNAUTHORIZED, asker -> "401 with %s".formatted(asker.tried()), ann.asker());
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Failure> first = threads.submit(() -> failure(TAG, ann));
            until(() -> registry.asked().size() == 1);
            Future<Failure> second = threads.submit(() -> failure(TAG, bob));
            until(() -> listener.joined.get() == 1);
            answering.countDown();

            assertThat(first.get()).hasMessage("401 with [secret \"ta/pull\" is missing]");
            assertThat(second.get()).hasMessage("401 with [secret \"tb/pull\" has no entry for ghcr.io/acme/api]");
        }
        assertThat(failure(TAG, bob)).hasMessage("401 with [secret \"tb/pull\" has no entry for ghcr.io/acme/api]");
        assertThat(failure(TAG, NOBODY)).hasMessage("401 with []");
        assertThat(registry.asked()).hasSize(1);
    }

    @Test
    @Tag("attack-68")
    @DisplayName("Attack 68: nor the tag that somebody else wrote beside the same digest")
    void aRememberedFailureNamesNobodyElsesTag() {
        Digest digest = registry.put("ghcr.io/acme/other", "1", Documents.manifest("a"));
        Failure first = failure(ImageReference.parse(REPOSITORY + ":unreleased@" + digest), NOBODY);
        Failure second = failure(ImageReference.parse(REPOSITORY + ":public@" + digest), NOBODY);

        assertThat(first.message()).contains(digest.toString());
        assertThat(second).hasMessage(first.message());
        assertThat(second.message()).doesNotContain("unreleased");
        assertThat(registry.asked()).containsExactly("GET " + digest);
    }

    @Test
    void whatOneCredentialSawIsNoAnswerForAnother() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        ImageReference byDigest = TAG.at(digest);
        assertThat(fetcher.resolve(TAG, ANN, soon()).digest()).isEqualTo(digest);
        registry.before(() -> {
            throw new Failure(Code.REGISTRY_UNAUTHORIZED, "not you");
        });

        assertThat(failure(TAG).code()).isEqualTo(Code.REGISTRY_UNAUTHORIZED);
        assertThat(failure(byDigest).code()).isEqualTo(Code.REGISTRY_UNAUTHORIZED);
        assertThat(catchThrowableOfType(
                        Failure.class,
                        () -> fetcher.details(
                                new Image(
                                        byDigest,
                                        digest,
                                        fetcher.resolve(TAG, ANN, soon()).document()),
                                Platform.LINUX_AMD64,
                                ANN,
                                soon())))
                .as("an artifact's details need no request")
                .isNull();
        assertThat(fetcher.resolve(TAG, ANN, soon()).digest()).isEqualTo(digest);
    }

    @Test
    void detailsAreRememberedForEachPlatform() {
        String config = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"a\":\"b\"}}}";
        Digest blob = registry.putBlob(config);
        registry.put(REPOSITORY, "1", Documents.manifest(blob, config.length()));
        Image image = fetcher.resolve(TAG, NOBODY, soon());

        for (int i = 0; i < 3; i++) {
            assertThat(fetcher.details(image, Platform.LINUX_AMD64, NOBODY, soon())
                            .config()
                            .labels())
                    .containsEntry("a", "b");
        }
        assertThat(registry.asked()).containsExactly("GET 1", "BLOB " + blob);
    }

    @Test
    void manyWhoAskAtOnceCostOneRequest() throws Exception {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        CountDownLatch answering = new CountDownLatch(1);
        registry.before(() -> await(answering));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Digest>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(threads.submit(() -> resolve(TAG)));
            }
            until(() -> listener.joined.get() == 49);
            answering.countDown();
            for (Future<Digest> one : all) {
                assertThat(one.get()).isEqualTo(digest);
            }
        }
        assertThat(registry.asked()).containsExactly("GET 1");
    }

    @Test
    void whoeverWaitedForOneThatRanOutOfTimeTriesAgain() throws Exception {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        CountDownLatch answering = new CountDownLatch(1);
        registry.before(() -> {
            await(answering);
            if (registry.asked().size() == 1) {
                throw new Failure(Code.DEADLINE_EXCEEDED, "the first had no time");
            }
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Failure> first = threads.submit(() -> failure(TAG));
            until(() -> registry.asked().size() == 1);
            Future<Digest> second = threads.submit(() -> resolve(TAG));
            until(() -> listener.joined.get() == 1);
            answering.countDown();

            assertThat(first.get().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(second.get()).isEqualTo(digest);
        }
        assertThat(registry.asked()).containsExactly("GET 1", "GET 1");
    }

    @Test
    void whoeverWaitsGivesUpAtTheirOwnDeadline() throws Exception {
        registry.put(REPOSITORY, "1", Documents.manifest("a"));
        CountDownLatch answering = new CountDownLatch(1);
        registry.before(() -> await(answering));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Digest> patient = threads.submit(() -> resolve(TAG));
            until(() -> registry.asked().size() == 1);

            Failure failure = catchThrowableOfType(
                    Failure.class, () -> fetcher.resolve(TAG, NOBODY, Deadline.in(Duration.ofMillis(20))));
            assertThat(failure)
                    .hasMessage(
                            "Could not finish the look-up of ghcr.io/acme/api:1: the time for this request ran out. Try again, or raise the"
                                    + " webhook's timeoutSeconds.");
            answering.countDown();
            assertThat(patient.get()).isNotNull();
        }
    }

    @Test
    void afterInvalidationEverythingIsAskedAnewAlsoWhatWasUnderWay() throws Exception {
        registry.put(REPOSITORY, "1", Documents.manifest("a"));
        CountDownLatch answering = new CountDownLatch(1);
        registry.before(() -> await(answering));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Digest> before = threads.submit(() -> resolve(TAG));
            until(() -> registry.asked().size() == 1);
            fetcher.invalidate();
            answering.countDown();
            assertThat(before.get()).isNotNull();
        }
        assertThat(fetcher.bytes()).isZero();

        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));
        assertThat(resolve(TAG)).isEqualTo(moved);
        fetcher.invalidate();
        assertThat(resolve(TAG)).isEqualTo(moved);
        assertThat(registry.asked()).hasSize(3);
    }

    @Test
    void whatOneRepositoryHoldsIsForgottenForEveryCredentialAndOthersAreKept() {
        ImageReference other = ImageReference.parse("ghcr.io/acme/other:1");
        registry.put("ghcr.io/acme/other", "1", Documents.manifest("other"));
        Digest first = registry.put(REPOSITORY, "1", Documents.manifest("a"));
        for (Keychain.Found credential : List.of(NOBODY, ANN)) {
            assertThat(fetcher.resolve(TAG, credential, soon()).digest()).isEqualTo(first);
            assertThat(fetcher.details(
                            fetcher.resolve(TAG, credential, soon()), Platform.LINUX_AMD64, credential, soon()))
                    .isNotNull();
        }
        assertThat(resolve(other)).isNotNull();
        Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b"));

        fetcher.invalidate(TAG.at(first));

        assertThat(resolve(TAG)).isEqualTo(moved);
        assertThat(fetcher.resolve(TAG, ANN, soon()).digest()).isEqualTo(moved);
        assertThat(resolve(TAG.at(first))).isEqualTo(first);
        assertThat(resolve(other)).isNotNull();
        assertThat(registry.asked()).containsExactly("GET 1", "GET 1", "GET 1", "GET 1", "GET 1", "GET " + first);
    }

    @Test
    void memoryIsBoundedByBytes() {
        RememberingFetcher small = fetcher(
                new MemorySettings(20_000, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofHours(1)));
        for (int i = 0; i < 100; i++) {
            put("t" + i, "image " + i);
            assertThat(small.resolve(ImageReference.parse(REPOSITORY + ":t" + i), NOBODY, soon()))
                    .isNotNull();
        }
        assertThat(small.bytes()).isBetween(1L, 20_000L);
    }

    @Test
    void aReferenceIsAnsweredAsItWasWritten() {
        registry.put("docker.io/library/nginx", "latest", Documents.manifest("a"));
        for (String text : List.of("nginx", "nginx:latest", "docker.io/library/nginx")) {
            assertThat(fetcher.resolve(ImageReference.parse(text), NOBODY, soon())
                            .reference()
                            .text())
                    .isEqualTo(text);
        }
        assertThat(registry.asked()).containsExactly("GET latest");
    }

    @CanIgnoreReturnValue
    private ImageReference put(String tag, String name) {
        registry.put(REPOSITORY, tag, Documents.manifest(name));
        return ImageReference.parse(REPOSITORY + ":" + tag);
    }

    private RememberingFetcher fetcher(MemorySettings settings) {
        return new RememberingFetcher(
                new RegistryFetcher(registry, Limits.defaults()),
                registry,
                settings,
                nanos::get,
                listener,
                new BackgroundAsks(background::add, Limits.defaults()));
    }

    private Digest resolve(ImageReference reference) {
        return fetcher.resolve(reference, NOBODY, soon()).digest();
    }

    private Failure failure(ImageReference reference) {
        return failure(reference, NOBODY);
    }

    private Failure failure(ImageReference reference, Keychain.Found credential) {
        Failure failure = catchThrowableOfType(Failure.class, () -> fetcher.resolve(reference, credential, soon()));
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what another thread brings about; gives up after ten seconds. */
    private static void until(java.util.function.BooleanSupplier condition) {
        Deadline giveUp = soon();
        while (!condition.getAsBoolean()) {
            giveUp.check("waiting");
            Thread.onSpinWait();
        }
    }

    private static final class CountingListener implements TierListener {
        private final AtomicLong hits = new AtomicLong();
        private final AtomicLong misses = new AtomicLong();
        private final AtomicLong revalidated = new AtomicLong();
        private final AtomicLong joined = new AtomicLong();
        private final AtomicLong unconfirmed = new AtomicLong();

        @Override
        public void hit() {
            hits.incrementAndGet();
        }

        @Override
        public void miss() {
            misses.incrementAndGet();
        }

        @Override
        public void revalidated() {
            revalidated.incrementAndGet();
        }

        @Override
        public void joined() {
            joined.incrementAndGet();
        }

        @Override
        public void unconfirmed() {
            unconfirmed.incrementAndGet();
        }

        @Override
        public String toString() {
            return hits + " hits, " + misses + " misses, " + revalidated + " revalidated";
        }
    }
}
