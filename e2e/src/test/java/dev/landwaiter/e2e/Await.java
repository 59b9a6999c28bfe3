package dev.landwaiter.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again until the condition itself holds, or a deadline is over. */
final class Await {
    static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Await() {}

    /** The first answer that {@code holds}; fails with the last one after {@code limit}. */
    static <T> T until(String what, Duration limit, Supplier<T> question, Predicate<T> holds) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            T answer = question.get();
            if (holds.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("%s: not so after %s; the last answer was%n%s".formatted(what, limit, answer));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    static <T> T until(String what, Supplier<T> question, Predicate<T> holds) {
        return until(what, SOON, question, holds);
    }
}
