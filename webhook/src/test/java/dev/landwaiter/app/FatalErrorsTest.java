package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Failure;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {
    private final AtomicInteger ended = new AtomicInteger();
    private final FatalErrors fatal = new FatalErrors(ended::incrementAndGet);

    @Test
    void anErrorEndsTheProcessOnceHoweverItIsWrapped() {
        fatal.accept(new IllegalStateException(Failure.of(new OutOfMemoryError("Direct buffer memory"))));
        fatal.accept(new NoClassDefFoundError("dev/landwaiter/Gone"));

        assertThat(ended).hasValue(1);
    }

    @Test
    void whatOneRequestMayCauseEndsNothing() {
        fatal.accept(new IllegalStateException("a bug"));
        fatal.accept(new StackOverflowError());

        assertThat(ended).hasValue(0);
    }

    @Test
    void anErrorThatNobodyCaughtOnAnEventLoopEndsTheProcess() throws Exception {
        CountDownLatch ends = new CountDownLatch(1);
        Vertx vertx = Vertx.vertx().exceptionHandler(new FatalErrors(ends::countDown)::accept);
        try {
            vertx.runOnContext(_ -> {
                throw new NoClassDefFoundError("dev/landwaiter/Gone");
            });

            assertThat(ends.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
