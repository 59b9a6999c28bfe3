package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadingThreadTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-28T10:00:00Z"));
    private final AtomicReference<@Nullable Error> thrown = new AtomicReference<>();
    private final AtomicReference<CountDownLatch> round = new AtomicReference<>(new CountDownLatch(1));

    @Test
    void anErrorDoesNotEndItAndIsSaid() throws Exception {
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, error) -> seen.set(error));
        try (ReadingThread thread = new ReadingThread("policies", now::get, this::read)) {
            thrown.set(new NoClassDefFoundError("gone"));
            thread.start();
            await(thread);
            assertThat(thread.problem())
                    .contains(
                            "reading policies has failed since 2026-11-28T10:00:00Z (0 s): a mistake in the webhook (NoClassDefFoundError), which its log describes");
            assertThat(seen.get())
                    .as("whoever ends the process after such errors hears of it")
                    .isNotNull();

            now.updateAndGet(time -> time.plus(Duration.ofMinutes(5)));
            again(thread);
            assertThat(thread.problem())
                    .contains(
                            "reading policies has failed since 2026-11-28T10:00:00Z (5 min): a mistake in the webhook (NoClassDefFoundError), which its log describes");

            thrown.set(null);
            again(thread);
            assertThat(thread.problem()).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private void again(ReadingThread thread) throws InterruptedException {
        round.set(new CountDownLatch(1));
        await(thread);
    }

    /** Two rounds begin: then the first has ended. */
    private void await(ReadingThread thread) throws InterruptedException {
        thread.news();
        assertThat(round.get().await(10, TimeUnit.SECONDS)).isTrue();
        round.set(new CountDownLatch(1));
        thread.news();
        assertThat(round.get().await(10, TimeUnit.SECONDS)).isTrue();
    }

    private Duration read() {
        round.get().countDown();
        Error error = thrown.get();
        if (error != null) {
            throw error;
        }
        return Duration.ofMinutes(10);
    }
}
