package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ParallelTest {
    private static final Deadline AMPLE = Deadline.in(Duration.ofSeconds(10));

    @Test
    void givesTheResultsInTheOrderOfTheTasks() {
        CountDownLatch secondIsDone = new CountDownLatch(1);
        List<String> results = Parallel.all(
                List.<Callable<String>>of(
                        () -> {
                            secondIsDone.await();
                            return "first";
                        },
                        () -> {
                            secondIsDone.countDown();
                            return "second";
                        }),
                AMPLE,
                "the test");
        assertThat(results).containsExactly("first", "second");
    }

    @Test
    void runsThemAtTheSameTime() {
        CyclicBarrier allThere = new CyclicBarrier(3);
        Callable<Integer> meet = () -> allThere.await(5, TimeUnit.SECONDS);
        assertThat(Parallel.all(List.of(meet, meet, meet), AMPLE, "the test")).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void runsNoMoreThanAllowedAtOnce() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Callable<Integer> task = () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            return running.decrementAndGet();
        };
        assertThat(Parallel.all(Collections.nCopies(50, task), 2, AMPLE, "the test"))
                .hasSize(50);
        assertThat(most.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void theyBeginInTheirOrder() {
        List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
        List<Callable<Integer>> tasks = IntStream.range(0, 50)
                .<Callable<Integer>>mapToObj(i -> () -> {
                    begun.add(i);
                    return i;
                })
                .toList();
        assertThat(Parallel.all(tasks, 1, AMPLE, "the test")).isEqualTo(begun).isSorted();
    }

    @Test
    @DisplayName("One that takes too long takes nothing away from the others")
    void eachKeepsWhatItHasWhenTheTimeRunsOut() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        List<Callable<String>> tasks = List.of(() -> "first", () -> forEver(waiting, interrupted), () -> "third");
        assertThat(Parallel.each(tasks, 3, Deadline.in(Duration.ofMillis(200))))
                .containsExactly(Optional.of("first"), Optional.empty(), Optional.of("third"));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFailureEndsTheOthersAndIsThrown() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        Failure failure = new Failure(Code.REGISTRY_UNREACHABLE, "no route");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Parallel.all(
                        List.<Callable<String>>of(() -> forEver(waiting, interrupted), () -> {
                            waiting.await();
                            throw failure;
                        }),
                        AMPLE,
                        "the test"))
                .isSameAs(failure);
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anythingElseThatIsThrownIsAnInternalError() {
        Callable<String> broken = () -> {
            throw new StackOverflowError();
        };
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Parallel.all(List.of(broken), AMPLE, "the test"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.INTERNAL_ERROR))
                .withCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void theDeadlineEndsThemAll() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(2);
        CountDownLatch waiting = new CountDownLatch(2);
        Callable<String> endless = () -> forEver(waiting, interrupted);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Parallel.all(
                        List.of(endless, endless), Deadline.in(Duration.ofMillis(200)), "the search for signatures"))
                .withMessage("Could not finish the search for signatures: the time for this request ran out."
                        + " Try again, or raise the webhook's timeoutSeconds.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptedCallerEndsThemAllAndStaysInterrupted() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<Code> outcome = new AtomicReference<>();
        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread caller = Thread.startVirtualThread(() -> {
            Callable<String> endless = () -> forEver(waiting, interrupted);
            outcome.set(assertThatFailure(() -> Parallel.all(List.of(endless), AMPLE, "the test")));
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        waiting.await();
        caller.interrupt();
        caller.join();
        assertThat(outcome.get()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(stillInterrupted).isTrue();
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingToDoIsDoneAtOnce() {
        assertThat(Parallel.all(List.<Callable<String>>of(), Deadline.in(Duration.ZERO), "the test"))
                .isEmpty();
    }

    private static Code assertThatFailure(Supplier<List<String>> work) {
        try {
            throw new AssertionError("it ended with " + work.get());
        } catch (Failure failure) {
            return failure.code();
        }
    }

    private static String forEver(CountDownLatch waiting, CountDownLatch interrupted) throws InterruptedException {
        waiting.countDown();
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }
}
