package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OwnThreadTest {
    @Test
    void theWorkHasAPlatformThreadWhoeverAsks() throws InterruptedException {
        AtomicBoolean virtual = new AtomicBoolean(true);

        Thread.ofVirtual()
                .start(() -> virtual.set(
                        OwnThread.run("work", () -> Thread.currentThread().isVirtual())))
                .join();

        assertThat(virtual).isFalse();
        assertThat(OwnThread.run("a name", () -> Thread.currentThread().getName()))
                .isEqualTo("a name");
    }

    @Test
    void whatItThrowsIsThrownAsItIs() {
        RuntimeException exception = new IllegalStateException("x");
        Error error = new NoClassDefFoundError("x");

        assertThatThrownBy(() -> OwnThread.run("work", () -> {
                    throw exception;
                }))
                .isSameAs(exception);
        assertThatThrownBy(() -> OwnThread.run("work", () -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void anInterruptionShowsOnceItIsDone() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread asking = Thread.ofVirtual().start(() -> {
            done.set(OwnThread.run("work", () -> {
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    return false;
                }
                return true;
            }));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        begun.await();
        asking.interrupt();
        goOn.countDown();
        asking.join();

        assertThat(done).isTrue();
        assertThat(interrupted).isTrue();
    }
}
