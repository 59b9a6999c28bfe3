package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shares.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SharesTest {
    private static final Deadline AMPLE = Deadline.in(Duration.ofSeconds(15));

    @Test
    void oneTenantHoldsItsShareAndNoMoreThanItLeavesForOthers() {
        Shares shares = new Shares("the test", 16, 8, 0);

        assertThat(taken(shares, "greedy", 100)).hasSize(8);
        assertThat(taken(new Shares("the test", 16, 16, 0), "greedy", 100)).hasSize(8);
        assertThat(taken(new Shares("the test", 64, 8, 0), "greedy", 100)).hasSize(8);
        assertThat(taken(new Shares("the test", 1, 1, 0), "greedy", 100)).hasSize(1);
        assertThat(shares.free()).isEqualTo(8);
    }

    @Test
    void theFullerItIsTheSmallerIsEachShare() {
        Shares shares = new Shares("the test", 64, 8, 0);

        List<Integer> held = IntStream.range(0, 14)
                .map(tenant -> taken(shares, "tenant-" + tenant, 100).size())
                .boxed()
                .toList();

        assertThat(held).containsExactly(8, 8, 8, 8, 8, 8, 8, 4, 2, 1, 1, 0, 0, 0);
    }

    @Test
    void whoWaitsIsServedInTurnOneOfEachTenant() {
        Shares shares = new Shares("the test", 2, 1, 100);
        List<Permit> all = new ArrayList<>(taken(shares, "greedy", 1));
        all.addAll(taken(shares, "other", 1));
        List<String> served = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            note(shares, "greedy", "greedy " + i, served, all);
        }
        for (String tenant : List.of("a", "b")) {
            for (int i = 1; i <= 2; i++) {
                note(shares, tenant, tenant + " " + i, served, all);
            }
        }
        assertThat(served).isEmpty();
        assertThat(shares.waiting()).isEqualTo(8);

        while (!all.isEmpty()) {
            all.removeFirst().close();
        }

        assertThat(served).containsExactly("greedy 1", "a 1", "b 1", "greedy 2", "a 2", "b 2", "greedy 3", "greedy 4");
        assertThat(shares.free()).isEqualTo(2);
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void aNewcomerFindsRoomThoughAnotherTenantWaits() {
        Shares shares = new Shares("the test", 16, 8, 1000);
        List<CompletableFuture<Permit>> greedy = requested(shares, "greedy", 500);

        assertThat(greedy.stream().filter(CompletableFuture::isDone)).hasSize(8);
        assertThat(shares.tryAcquire("other")).isPresent();
        assertThat(shares.request("another", "x")).isCompleted();
    }

    @Test
    void whoHoldsItsShareKeepsItsTurn() {
        Shares shares = new Shares("the test", 4, 2, 100);
        List<Permit> greedy = taken(shares, "greedy", 2);
        List<Permit> others = taken(shares, "a", 1);
        others.addAll(taken(shares, "b", 1));
        CompletableFuture<Permit> third = shares.request("greedy", "x");
        CompletableFuture<Permit> ofA = shares.request("a", "x");

        others.getLast().close();
        assertThat(third).isNotDone();
        assertThat(ofA).isNotDone();

        greedy.getFirst().close();
        assertThat(third).isCompleted();
        assertThat(ofA).isNotDone();
    }

    @Test
    void tryAcquireNeverWaitsNorOvertakesItsOwnTenant() {
        Shares shares = new Shares("the test", 2, 2, 100);
        Permit first = shares.tryAcquire("a").orElseThrow();
        assertThat(shares.tryAcquire("a")).isEmpty();
        CompletableFuture<Permit> waits = shares.request("a", "x");
        assertThat(waits).isNotDone();
        assertThat(shares.tryAcquire("a")).isEmpty();

        first.close();
        assertThat(waits).isCompleted();
    }

    @Test
    void theQueueIsSharedToo() {
        Shares shares = new Shares("requests to ghcr.io", 1, 1, 16);
        Permit held = shares.tryAcquire("z").orElseThrow();
        List<CompletableFuture<Permit>> greedy = requested(shares, "greedy", 100);

        assertThat(greedy.stream().filter(waiting -> !waiting.isDone())).hasSize(8);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> greedy.getLast().join())
                .havingCause()
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.OVERLOADED))
                .withMessage(
                        "Could not finish manifest of ghcr.io/acme/api:1: too many others of namespace \"greedy\" already wait for requests to ghcr.io. Try again later.");
        CompletableFuture<Permit> other = shares.request("other", "x");
        assertThat(other).isNotDone();

        held.close();
        greedy.getFirst().join().close();
        assertThat(other).isCompleted();
    }

    @Test
    void whereNobodyMayWaitTheMessageSaysSo() {
        Shares shares = new Shares("requests to ghcr.io", 1, 1, 0);
        Permit held = shares.acquire(AMPLE, "x");

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> shares.acquire(AMPLE, "manifest of ghcr.io/acme/api:1"))
                .withMessage(
                        "Could not finish manifest of ghcr.io/acme/api:1: too many others already wait for requests to ghcr.io. Try again later.");
        held.close();
        shares.acquire(AMPLE, "x").close();
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void whoWaitsInVainIsToldThatThereWasNoRoomAndLeavesItsPlace() {
        Shares shares = new Shares("requests to ghcr.io", 1, 1, 8);
        Permit held = shares.acquire(AMPLE, "x");

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() ->
                        shares.acquire(Deadline.in(Duration.ofMillis(20)).onBehalfOf("a"), "manifest of ghcr.io/a:1"))
                .withMessage(
                        "Could not finish manifest of ghcr.io/a:1: no turn for requests to ghcr.io came in the time that this request had left. Try again later.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.OVERLOADED));
        assertThat(shares.waiting()).isZero();

        held.close();
        assertThat(shares.free()).isEqualTo(1);
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void theTimeOfWaitingIsKeptWithTheDeadline() {
        AtomicLong clock = new AtomicLong();
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), clock::get);
        Shares shares = new Shares("the test", 1, 1, 8);
        Permit held = shares.acquire(deadline, "x");
        Thread waiter =
                Thread.ofVirtual().start(() -> shares.acquire(deadline, "x").close());
        while (shares.waiting() == 0) {
            Thread.onSpinWait();
        }
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        held.close();
        assertThatCode(waiter::join).doesNotThrowAnyException();

        assertThat(deadline.exceeded("x").code()).isEqualTo(Code.OVERLOADED);
    }

    @Test
    void whoHasNoTimeDoesNotEvenAsk() {
        Shares shares = new Shares("the test", 1, 1, 8);

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> shares.acquire(Deadline.passed(), "x"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void anInterruptedWaiterLeavesItsPlace() throws InterruptedException {
        Shares shares = new Shares("the test", 1, 1, 8);
        Permit held = shares.acquire(AMPLE, "x");
        AtomicReference<Failure> failure = new AtomicReference<>();
        AtomicReference<Boolean> stillInterrupted = new AtomicReference<>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                shares.acquire(AMPLE, "x").close();
            } catch (Failure e) {
                failure.set(e);
                stillInterrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        while (shares.waiting() == 0) {
            Thread.onSpinWait();
        }

        waiter.interrupt();
        waiter.join();

        assertThat(failure.get().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(stillInterrupted.get()).isTrue();
        assertThat(shares.waiting()).isZero();
        held.close();
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void aPermitIsGivenBackOnce() {
        Shares shares = new Shares("the test", 2, 2, 0);
        Permit permit = shares.acquire(AMPLE, "x");

        permit.close();
        permit.close();

        assertThat(shares.free()).isEqualTo(2);
    }

    @Test
    void theDeadlinesTenantIsWhoseShareIsUsed() {
        Shares shares = new Shares("the test", 4, 1, 0);
        Permit _ = shares.acquire(AMPLE.onBehalfOf("a"), "x");

        assertThat(shares.tryAcquire("a")).isEmpty();
        assertThat(shares.tryAcquire("b")).isPresent();
    }

    @Test
    void noRoomAtAllIsAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Shares("the test", 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shares("the test", 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shares("the test", 1, 1, -1));
    }

    /** Whoever leaves, gives up or is interrupted at the very moment at which its turn comes: no place is lost, and none is there twice. */
    @Test
    void noPlaceIsEverLost() throws InterruptedException {
        Shares shares = new Shares("the test", 3, 2, 1000);
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String tenant = "tenant-" + i % 7;
            boolean patient = i % 3 == 0;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    // came early; what follows is the same
                }
                for (int round = 0; round < 40; round++) {
                    Duration time = patient
                            ? Duration.ofSeconds(15)
                            : Duration.ofNanos(ThreadLocalRandom.current().nextInt(1, 200_000));
                    try (Permit _ = shares.acquire(Deadline.in(time).onBehalfOf(tenant), "x")) {
                        most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                        served.incrementAndGet();
                        LockSupport.parkNanos(10_000);
                        holding.decrementAndGet();
                    } catch (Failure e) {
                        boolean _ = Thread.interrupted();
                    }
                }
            }));
        }
        go.countDown();
        for (int i = 0; i < threads.size(); i += 5) {
            threads.get(i + 1).interrupt();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most.get()).isBetween(1, 3);
        assertThat(served.get()).isGreaterThanOrEqualTo(20 * 40 - 20);
        assertThat(shares.free()).isEqualTo(3);
        assertThat(shares.waiting()).isZero();
        assertThat(shares.idle()).isTrue();
    }

    private static List<Permit> taken(Shares shares, String tenant, int most) {
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            Optional<Permit> permit = shares.tryAcquire(tenant);
            permit.ifPresent(permits::add);
        }
        return permits;
    }

    private static List<CompletableFuture<Permit>> requested(Shares shares, String tenant, int count) {
        return Collections.nCopies(count, tenant).stream()
                .map(name -> shares.request(name, "manifest of ghcr.io/acme/api:1"))
                .toList();
    }

    private static void note(Shares shares, String tenant, String name, List<String> served, List<Permit> all) {
        CompletableFuture<Void> _ = shares.request(tenant, "x").thenAccept(permit -> {
            served.add(name);
            all.add(permit);
        });
    }
}
