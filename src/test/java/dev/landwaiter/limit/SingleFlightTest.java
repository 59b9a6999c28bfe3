package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class SingleFlightTest {
    private final SingleFlight<String, String> flights = new SingleFlight<>(result -> !result.equals("only mine"));
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void oneWorksForAllWhoAskMeanwhile() throws Exception {
        FutureTask<String> leader = start(() -> "result");
        FutureTask<String> joiner = start(() -> "never");
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("result");
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isEqualTo("result");
        assertThat(done).hasValue(1);
    }

    @Test
    void whoAsksAfterwardsWorksAnew() {
        assertThat(flights.get("key", in(5_000), "the test", _ -> "first")).isEqualTo("first");
        assertThat(flights.get("key", in(5_000), "the test", _ -> "second")).isEqualTo("second");
    }

    @Test
    void anotherKeyDoesNotWait() throws Exception {
        FutureTask<String> leader = start(() -> "result");
        assertThat(flights.get("other", in(5_000), "the test", _ -> "other")).isEqualTo("other");
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("result");
    }

    @Test
    void aFailureIsSharedToo() throws Exception {
        Failure failure = new Failure(Code.REGISTRY_UNAVAILABLE, "down");
        FutureTask<String> leader = start(() -> {
            throw failure;
        });
        FutureTask<String> joiner = start(() -> "never");
        open.countDown();
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> leader.get(5, TimeUnit.SECONDS))
                .withCause(failure);
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> joiner.get(5, TimeUnit.SECONDS))
                .withCause(failure);
    }

    @Test
    @DisplayName("Attack 60: nobody waits for what is held up behind another tenant's own work")
    @Tag("attack-60")
    void whoeverIsOfAnotherTenantGoesAheadOfWorkThatLacksRoom() throws Exception {
        Shares room = new Shares("the test", 4, 1, 100);
        Shares.Permit held = room.tryAcquire("evil").orElseThrow();
        Function<Deadline, String> work = own -> {
            try (Shares.Permit _ = room.acquire(own, "the test")) {
                return own.tenant();
            }
        };
        FutureTask<String> evil = of("evil", work);
        FutureTask<String> evilToo = of("evil", work);
        until(() -> room.waiting() == 1);

        assertThat(of("shop", work).get(10, TimeUnit.SECONDS)).isEqualTo("shop");
        assertThat(evil).isNotDone();
        assertThat(evilToo).isNotDone();
        assertThat(room.waiting()).isEqualTo(1);

        held.close();
        assertThat(evil.get(5, TimeUnit.SECONDS)).isEqualTo("evil");
        assertThat(evilToo.get(5, TimeUnit.SECONDS)).isEqualTo("evil");
        assertThat(flights.underWay()).isZero();
    }

    @Test
    void whoeverIsOfAnotherTenantWaitsForWorkThatIsOnlySlow() throws Exception {
        CountDownLatch longer = new CountDownLatch(1);
        FutureTask<String> leader = of("a", _ -> {
            await(open);
            return "shared";
        });
        until(() -> flights.underWay() == 1);
        FutureTask<String> joiner = of("b", _ -> {
            longer.countDown();
            return "its own";
        });

        assertThat(longer.await(250, TimeUnit.MILLISECONDS)).isFalse();
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("shared");
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isEqualTo("shared");
    }

    private FutureTask<String> of(String tenant, Function<Deadline, String> work) {
        FutureTask<String> task =
                new FutureTask<>(() -> flights.get("key", in(15_000).onBehalfOf(tenant), "the test", work));
        Thread _ = Thread.ofVirtual().start(task);
        return task;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatTheFirstsOwnDeadlineCutOffIsDoneAnewForTheOthers() throws Exception {
        FutureTask<String> leader = start(() -> {
            throw in(0).exceeded("the first's work");
        });
        FutureTask<String> joiner = start(() -> "its own");
        open.countDown();
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> leader.get(5, TimeUnit.SECONDS));
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isEqualTo("its own");
    }

    @Test
    void aResultThatIsTheFirstsAloneIsNotShared() throws Exception {
        FutureTask<String> leader = start(() -> "only mine");
        FutureTask<String> joiner = start(() -> "its own");
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("only mine");
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isEqualTo("its own");
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"DEADLINE_EXCEEDED", "BUDGET_EXCEEDED", "OVERLOADED"})
    void whatTheFirstHadNoTimeBudgetOrRoomForIsDoneAnewForTheOthers(Code code) throws Exception {
        FutureTask<String> leader = start(() -> {
            throw new Failure(code, "the first's own");
        });
        FutureTask<String> joiner = start(() -> "its own");
        open.countDown();
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> leader.get(5, TimeUnit.SECONDS));
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isEqualTo("its own");
    }

    @Test
    @Tag("attack-61")
    @DisplayName("Attack 61: of work nothing is kept once it has ended, however it did")
    void nothingIsKeptOfWorkThatHasEnded() throws Exception {
        FutureTask<String> leader = start(() -> "result");
        assertThat(flights.underWay()).isEqualTo(1);
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("result");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> flights.get("key", in(5_000), "the test", _ -> {
                    throw new IllegalStateException("a bug");
                }));
        assertThat(flights.underWay()).isZero();
    }

    @Test
    @DisplayName("The first pays out of its own budget, and what that work cost is seen by whoever waited for it")
    void theFirstPays() {
        Limits limits = Limits.of(Map.of(Limit.IMAGE_REQUESTS, 1L));
        Budget mine = ReviewBudget.ofOneImage(limits, "r.test", "r.test/a:1");
        assertThat(flights.get("key", in(5_000).within(mine), "the test", own -> {
                    own.budget().request("r.test", "a manifest", own).close();
                    return "paid";
                }))
                .isEqualTo("paid");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> mine.request("r.test", "another", in(5_000)).close())
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.BUDGET_EXCEEDED));
    }

    @Test
    void whoWaitsGivesUpAtItsOwnDeadline() throws Exception {
        FutureTask<String> leader = start(() -> "result");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> flights.get("key", in(20), "the test", _ -> "never"))
                .withMessageStartingWith("Could not finish the test: the time for this request ran out.");
        open.countDown();
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("result");
    }

    /** The first to start works once it is let; a later one joins it, and is waiting when this returns. */
    private FutureTask<String> start(Supplier<String> result) throws InterruptedException {
        FutureTask<String> task = new FutureTask<>(() -> flights.get("key", in(10_000), "the test", _ -> {
            begun.countDown();
            await(open);
            done.incrementAndGet();
            return result.get();
        }));
        Thread thread = Thread.ofVirtual().start(task);
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return task;
    }

    private static Deadline in(long millis) {
        return Deadline.in(Duration.ofMillis(millis));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
