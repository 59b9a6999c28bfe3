package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PieceQueueTest {
    private static final int PIECE = 16 << 10;
    private final PieceQueue queue = new PieceQueue();
    private final List<String> told = new ArrayList<>();

    @Test
    void piecesComeInTheirOrderAndThenTheEnd() throws Exception {
        queue.add(new byte[] {1});
        queue.add(new byte[0]);
        queue.add(new byte[] {2, 3});
        queue.end();

        assertThat(queue.take(0)).containsExactly(1);
        assertThat(queue.take(0)).containsExactly(2, 3);
        assertThat(queue.take(0)).isNull();
        assertThat(queue.take(0)).isNull();
    }

    @Test
    void theSourceIsPausedWhenItIsFullAndGoesOnWhenItIsHalfEmpty() throws Exception {
        queue.from(new Source());
        int pieces = PieceQueue.FULL / PIECE;
        for (int i = 0; i < pieces; i++) {
            assertThat(told).isEmpty();
            queue.add(new byte[PIECE]);
        }
        assertThat(told).containsExactly("pause");
        assertThat(queue.held()).isEqualTo(PieceQueue.FULL);

        for (int i = 0; i < pieces / 2; i++) {
            assertThat(told).containsExactly("pause");
            assertThat(queue.take(0)).hasSize(PIECE);
        }
        assertThat(told).containsExactly("pause", "resume");
    }

    /** Whoever sends one byte at a time would have each of them held as an array and an entry. */
    @Test
    @Tag("attack-57")
    void manySmallPiecesAreAsMuchAsAFewLargeOnes() throws Exception {
        queue.from(new Source());
        for (int i = 0; i < PieceQueue.MANY; i++) {
            assertThat(told).isEmpty();
            queue.add(new byte[1]);
        }
        assertThat(told).containsExactly("pause");
        for (int i = 0; i < PieceQueue.MANY / 2; i++) {
            assertThat(told).containsExactly("pause");
            assertThat(queue.take(0)).hasSize(1);
        }
        assertThat(told).containsExactly("pause", "resume");
    }

    @Test
    void whatCameBeforeAFailureIsGivenOut() throws Exception {
        queue.add(new byte[] {1});
        queue.fail(new IOException("broken"));
        queue.add(new byte[] {2});

        assertThat(queue.take(0)).containsExactly(1);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> queue.take(0))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("broken");
        }
    }

    @Test
    void theFirstEndCounts() throws Exception {
        queue.end();
        queue.fail(new IOException("too late"));

        assertThat(queue.take(0)).isNull();
    }

    @Test
    void whatIsCancelledHoldsNothingAndGivesNothing() {
        queue.add(new byte[] {1});

        assertThat(queue.cancel(new CancellationException("closed"))).isTrue();
        assertThat(queue.cancel(new CancellationException("closed"))).isFalse();
        assertThat(queue.held()).isZero();
        assertThatThrownBy(() -> queue.take(0)).hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void whoeverWaitsIsToldOfTheTimeAndOfTheEnd() throws Exception {
        assertThatThrownBy(() -> queue.take(1_000)).isInstanceOf(TimeoutException.class);

        AtomicInteger over = new AtomicInteger();
        queue.whenOver(over::incrementAndGet);
        Thread ending = Thread.ofVirtual().start(queue::end);
        assertThat(queue.take(Long.MAX_VALUE)).isNull();
        ending.join();
        queue.fail(new IOException("again"));
        queue.whenOver(over::incrementAndGet);
        assertThat(over).hasValue(2);
    }

    private final class Source implements ReadStream<Object> {
        @Override
        public ReadStream<Object> pause() {
            told.add("pause");
            return this;
        }

        @Override
        public ReadStream<Object> resume() {
            told.add("resume");
            return this;
        }

        @Override
        public ReadStream<Object> fetch(long amount) {
            return this;
        }

        @Override
        public ReadStream<Object> exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public ReadStream<Object> handler(@Nullable Handler<Object> handler) {
            return this;
        }

        @Override
        public ReadStream<Object> endHandler(@Nullable Handler<Void> handler) {
            return this;
        }
    }
}
