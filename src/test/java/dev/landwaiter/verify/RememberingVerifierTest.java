package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.OTHER;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static dev.landwaiter.verify.Fixtures.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Source;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.Proof;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class RememberingVerifierTest {
    private static final ImagePolicy POLICY = policy(new Authority.StaticPass("all"));
    private static final Verdict VERIFIED =
            new Verdict.Verified(List.of(new Evidence("all", Evidence.Format.STATIC, BUSYBOX, "static")));
    private static final Verdict REJECTED = new Verdict.Rejected(Code.SIGNATURE_MISSING, "There is none.");
    private static final Verdict UNAVAILABLE = new Verdict.Unavailable(Code.REGISTRY_TIMEOUT, "It is slow.");

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Verdict answer = VERIFIED;
    private final Verifier verifier = remembering(this::next);

    private RememberingVerifier remembering(Verifier next) {
        return new RememberingVerifier(next, SourceKeychains.NONE, VerdictSettings.defaults(), now::get);
    }

    private Verdict next(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        asked.incrementAndGet();
        return answer;
    }

    private Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential) {
        return verifier.verify(image, policy, credential, soon());
    }

    @Test
    void verifiedIsRememberedForADay() {
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        answer = REJECTED;
        now.addAndGet(Duration.ofHours(24).toNanos() - 1);
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        assertThat(asked).hasValue(1);
        now.addAndGet(1);
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(REJECTED);
    }

    @Test
    @DisplayName("What rests on today's time, because nobody dates its log entry, is looked at again within the hour")
    void whatRestsOnTheClockIsRememberedForAnHour() {
        Proof.LogEntry entry = new Proof.LogEntry("rekor.test", 7);
        Evidence undated = new Evidence(
                "all", Evidence.Format.SIGSTORE_BUNDLE, BUSYBOX, "key", null, entry, "", Evidence.Way.ITSELF);
        Evidence dated = new Evidence(
                "all", Evidence.Format.SIGSTORE_BUNDLE, OTHER, "key", Instant.EPOCH, entry, "", Evidence.Way.ITSELF);
        answer = new Verdict.Verified(List.of(undated));
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(answer);
        Verdict byWitness = new Verdict.Verified(List.of(dated));
        answer = byWitness;
        assertThat(verify(image(OTHER), POLICY, user("ann"))).isEqualTo(answer);
        answer = REJECTED;
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(REJECTED);
        assertThat(verify(image(OTHER), POLICY, user("ann"))).isEqualTo(byWitness);
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"DEADLINE_EXCEEDED", "BUDGET_EXCEEDED", "OVERLOADED"})
    @DisplayName("What one request had no time, budget or room for is not remembered for another")
    void whatOneRequestLackedIsNeverRemembered(Code code) {
        answer = Verdict.of(new Failure(code, "none left"));
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(answer);
        answer = VERIFIED;
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
    }

    @Test
    @Tag("attack-61")
    @DisplayName("Attack 61: verdicts are weighed with all their evidence, and stay within their room")
    void verdictsAreWeighed() {
        Verifier wordy = (image, policy, credential, deadline) -> new Verdict.Verified(Collections.nCopies(
                256, new Evidence("all", Evidence.Format.STATIC, image.digest(), "x".repeat(2_000))));
        long room = 4 << 20;
        RememberingVerifier remembering = new RememberingVerifier(
                wordy,
                SourceKeychains.NONE,
                new VerdictSettings(room, Duration.ofDays(1), Duration.ofSeconds(10)),
                now::get);
        for (int i = 0; i < 500; i++) {
            Digest digest = Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)});
            assertThat(remembering.verify(image(digest), POLICY, user("ann"), soon()))
                    .isInstanceOf(Verdict.Verified.class);
        }
        assertThat(remembering.bytes()).isBetween(room / 2, room);
    }

    @Test
    @Tag("attack-68")
    @DisplayName(
            "Attack 68: a refusal that names the Secrets of whoever met it is told to nobody else, one that doesn't to all")
    void whatNamesOnesSecretsIsForThemAlone() {
        Keychain.Found ann = Keychain.Found.anonymous(List.of("secret \"ta/pull\" is missing"));
        Keychain.Found bob = Keychain.Found.anonymous(List.of("secret \"tb/pull\" is missing"));
        Verifier naming = remembering((image, policy, credential, deadline) -> {
            asked.incrementAndGet();
            return new Verdict.Rejected(
                    Code.REGISTRY_UNAUTHORIZED, "401 (also tried: %s)".formatted(credential.notes()));
        });
        for (int i = 0; i < 2; i++) {
            assertThat(naming.verify(image(BUSYBOX), POLICY, ann, soon()).toString())
                    .contains("ta/pull");
        }
        assertThat(asked).hasValue(1);
        assertThat(naming.verify(image(BUSYBOX), POLICY, bob, soon()).toString())
                .contains("tb/pull")
                .doesNotContain("ta/pull");

        answer = REJECTED;
        asked.set(0);
        assertThat(verify(image(BUSYBOX), POLICY, ann)).isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), POLICY, bob)).isEqualTo(REJECTED);
        assertThat(asked).hasValue(1);
    }

    @Test
    @Tag("attack-68")
    @DisplayName("Attack 68: nor to whoever waits for it")
    void whoWaitsIsNotToldOfAnothersSecrets() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Verifier naming = remembering((image, policy, credential, deadline) -> {
            asked.incrementAndGet();
            begun.countDown();
            await(open);
            return new Verdict.Rejected(
                    Code.REGISTRY_UNAUTHORIZED, "401 with " + credential.asker().credentials());
        });
        Keychain.Found one = new Keychain.Found(new Credential.Basic("u", "p", "secret \"ta/pull\""), List.of());
        Keychain.Found same = new Keychain.Found(new Credential.Basic("u", "p", "secret \"tb/pull\""), List.of());
        FutureTask<Verdict> leader = new FutureTask<>(() -> naming.verify(image(BUSYBOX), POLICY, one, soon()));
        Thread _ = Thread.startVirtualThread(leader);
        await(begun);
        FutureTask<Verdict> joiner = new FutureTask<>(() -> naming.verify(image(BUSYBOX), POLICY, same, soon()));
        Thread _ = Thread.startVirtualThread(joiner);
        open.countDown();
        assertThat(leader.get().toString()).contains("ta/pull");
        assertThat(joiner.get().toString()).contains("tb/pull").doesNotContain("ta/pull");
    }

    @Test
    void rejectedIsRememberedForTenSeconds() {
        answer = REJECTED;
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(REJECTED);
        answer = VERIFIED;
        now.addAndGet(Duration.ofMillis(9_999).toNanos());
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(REJECTED);
        now.addAndGet(Duration.ofMillis(2).toNanos());
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        assertThat(asked).hasValue(2);
    }

    @Test
    void unavailableIsNeverRemembered() {
        answer = UNAVAILABLE;
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(UNAVAILABLE);
        answer = VERIFIED;
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        assertThat(asked).hasValue(2);
    }

    @Test
    @Tag("attack-14")
    @DisplayName("Attack 14: a verdict is remembered of a digest, so a tag that moves is verified anew")
    void aVerdictIsOfADigest() {
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        answer = REJECTED;
        assertThat(verify(image(OTHER), POLICY, user("ann"))).isEqualTo(REJECTED);
    }

    @Test
    void everythingThatAVerdictRestsOnIsInItsKey() {
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
        answer = REJECTED;
        Image elsewhere = new Image(
                ImageReference.parse("ghcr.io/acme/web:1.4"),
                BUSYBOX,
                image(BUSYBOX).document());
        assertThat(verify(elsewhere, POLICY, user("ann"))).isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), policy(new Authority.StaticPass("other")), user("ann")))
                .isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), POLICY, user("bob"))).isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), POLICY, Fixtures.ANYBODY)).isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), POLICY, user("ann"))).isEqualTo(VERIFIED);
    }

    @Test
    @DisplayName("A policy whose content changes is asked anew at once, and one that is as before is the same")
    void aChangeOfAPolicyTakesEffectAtOnce() {
        ImagePolicy first = policy(new Authority.StaticPass("first"));
        assertThat(verify(image(BUSYBOX), first, user("ann"))).isEqualTo(VERIFIED);
        answer = REJECTED;
        ImagePolicy changed = policy(new Authority.StaticPass("second"));
        assertThat(changed.name()).isEqualTo(first.name());
        assertThat(verify(image(BUSYBOX), changed, user("ann"))).isEqualTo(REJECTED);
        assertThat(verify(image(BUSYBOX), first, user("ann"))).isEqualTo(VERIFIED);
        assertThat(asked).hasValue(2);
    }

    @Test
    @DisplayName("A verdict is also of whose Secrets could see the signatures elsewhere")
    void theCredentialsOfSourcesAreInTheKey() {
        AtomicReference<Keychain.Found> secret = new AtomicReference<>(user("robot"));
        Source elsewhere = new Source("store.test/signatures", "ops", List.of("pull"), null);
        ImagePolicy kept =
                policy(new Authority.Key("release", List.of(), new Terms(List.of(elsewhere), Demands.NONE, List.of())));
        RememberingVerifier remembering = new RememberingVerifier(
                this::next, source -> (reference, deadline) -> secret.get(), VerdictSettings.defaults(), now::get);
        assertThat(remembering.verify(image(BUSYBOX), kept, user("ann"), soon()))
                .isEqualTo(VERIFIED);
        answer = REJECTED;
        assertThat(remembering.verify(image(BUSYBOX), kept, user("ann"), soon()))
                .isEqualTo(VERIFIED);
        secret.set(user("another"));
        assertThat(remembering.verify(image(BUSYBOX), kept, user("ann"), soon()))
                .isEqualTo(REJECTED);
    }

    @Test
    void secretsThatCannotBeReadAreUnavailable() {
        Source elsewhere = new Source("store.test/signatures", "ops", List.of("pull"), null);
        ImagePolicy kept =
                policy(new Authority.Key("release", List.of(), new Terms(List.of(elsewhere), Demands.NONE, List.of())));
        RememberingVerifier remembering = new RememberingVerifier(
                this::next,
                source -> (reference, deadline) -> {
                    throw new Failure(Code.CLUSTER_UNAVAILABLE, "Could not read secret \"ops/pull\".");
                },
                VerdictSettings.defaults(),
                now::get);
        assertThat(remembering.verify(image(BUSYBOX), kept, user("ann"), soon()))
                .isEqualTo(new Verdict.Unavailable(Code.CLUSTER_UNAVAILABLE, "Could not read secret \"ops/pull\"."));
    }

    @Test
    @Tag("attack-22")
    @DisplayName("Attack 22: of many requests at once each is told of its own digest, whoever looked first")
    void requestsAtOnceAreEachToldOfTheirOwnDigest() {
        Verifier byDigest = remembering((image, policy, credential, deadline) -> {
            asked.incrementAndGet();
            return ofDigest(image.digest());
        });
        List<Digest> digests = IntStream.range(0, 16)
                .mapToObj(i -> Digest.sha256(new byte[] {(byte) i}))
                .toList();
        List<Callable<Boolean>> all = IntStream.range(0, 2_000)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    Digest digest = digests.get(i % digests.size());
                    return byDigest.verify(image(digest), POLICY, user("ann"), soon())
                            .equals(ofDigest(digest));
                })
                .toList();
        assertThat(Parallel.all(all, soon(), "the test")).containsOnly(true);
        assertThat(asked).hasValue(digests.size());
    }

    /** Another for each: of every second it is refused. */
    private static Verdict ofDigest(Digest digest) {
        return digest.raw()[0] % 2 == 0
                ? new Verdict.Verified(List.of(new Evidence("all", Evidence.Format.STATIC, digest, "static")))
                : new Verdict.Rejected(Code.SIGNATURE_MISSING, digest.toString());
    }

    @Test
    @DisplayName("A thousand Pods of one image cost one look-up")
    void aThousandAtOnceCostOneLookUp() {
        CountDownLatch open = new CountDownLatch(1);
        Verifier gated = remembering((image, policy, credential, deadline) -> {
            asked.incrementAndGet();
            await(open);
            return REJECTED;
        });
        List<Callable<Verdict>> all = IntStream.range(0, 1000)
                .<Callable<Verdict>>mapToObj(i -> () -> {
                    if (i == 999) {
                        open.countDown();
                    }
                    return gated.verify(image(BUSYBOX), POLICY, user("ann"), soon());
                })
                .toList();
        assertThat(Parallel.all(all, soon(), "the test")).hasSize(1000).containsOnly(REJECTED);
        assertThat(asked).hasValue(1);
    }

    @Test
    @DisplayName("Who waits for another's verdict waits until its own deadline only")
    void whoWaitsHasADeadlineOfItsOwn() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Verifier gated = remembering((image, policy, credential, deadline) -> {
            begun.countDown();
            await(open);
            return VERIFIED;
        });
        Thread leader =
                Thread.startVirtualThread(() -> assertThat(gated.verify(image(BUSYBOX), POLICY, user("ann"), soon()))
                        .isEqualTo(VERIFIED));
        await(begun);
        assertThat(gated.verify(image(BUSYBOX), POLICY, user("ann"), Deadline.in(Duration.ofMillis(20))))
                .isEqualTo(
                        new Verdict.Unavailable(
                                Code.DEADLINE_EXCEEDED,
                                "Could not finish the verification of ghcr.io/acme/api@" + BUSYBOX
                                        + ": the time for this request ran out. Try again, or raise the webhook's timeoutSeconds."));
        open.countDown();
        leader.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
