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
        Budget mine = new ReviewBudget(limits, 1).image("r.test", "r.test/a:1");
        assertThat(flights.get("key", in(5_000).within(mine), "the test", own -> {
                    own.budget().request("r.test", "a manifest").close();
                    return "paid";
                }))
                .isEqualTo("paid");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> mine.request("r.test", "another").close())
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
