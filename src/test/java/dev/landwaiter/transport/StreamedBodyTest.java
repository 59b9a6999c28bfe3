package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamedBodyTest {
    private final AtomicLong now = new AtomicLong();
    private final PieceQueue pieces = new PieceQueue();
    private final List<String> done = new ArrayList<>();

    @Test
    @DisplayName("the time that the reader takes is not held against the peer")
    void theReadersOwnTimeDoesNotCount() {
        StreamedBody body = body(Duration.ofHours(1), Duration.ofSeconds(1));
        for (int i = 0; i < 10; i++) {
            pieces.add(new byte[] {(byte) i});
            assertThat(body.read()).isEqualTo(i);
            now.addAndGet(Duration.ofHours(1).toNanos());
        }
        pieces.end();

        assertThat(body.read()).isEqualTo(-1);
        assertThat(done).isEmpty();
    }

    @Test
    void piecesAreReadAcrossTheirBounds() throws Exception {
        StreamedBody body = body(Duration.ofHours(1), Duration.ofHours(1));
        pieces.add(new byte[] {1, 2, 3});
        pieces.add(new byte[] {-1, 5});
        pieces.end();

        assertThat(body.available()).isZero();
        assertThat(body.read()).isEqualTo(1);
        assertThat(body.available()).isEqualTo(2);
        assertThat(body.read(new byte[0])).isZero();
        assertThat(body.readNBytes(3)).containsExactly(2, 3, -1);
        assertThat(body.readAllBytes()).containsExactly(5);
        assertThat(body.read(new byte[8])).isEqualTo(-1);
        assertThat(body.available()).isZero();
    }

    @Test
    @DisplayName("of silence and slowness the one that comes first is told")
    void whyItEndedIsTold() {
        assertThatThrownBy(() -> body(Duration.ofMillis(1), Duration.ofHours(1)).read())
                .hasMessage("silent");
        assertThatThrownBy(() -> body(Duration.ofHours(1), Duration.ofMillis(1)).read())
                .hasMessage("slow");
    }

    @Test
    void whatFailedItIsTold() {
        pieces.fail(new IOException("broken"));

        assertThatThrownBy(() -> body(Duration.ofHours(1), Duration.ofHours(1)).read())
                .isInstanceOf(Failure.class)
                .hasMessage("told broken");
    }

    @Test
    void whoeverClosedItReadsNothingMore() {
        StreamedBody body = body(Duration.ofHours(1), Duration.ofHours(1));
        pieces.add(new byte[] {1, 2, 3});
        assertThat(body.read()).isEqualTo(1);

        body.close();

        assertThatThrownBy(body::read).isInstanceOf(CancellationException.class);
        assertThat(done).containsExactly("cancelled");
    }

    private StreamedBody body(Duration idle, Duration slow) {
        return new StreamedBody(pieces, new Ending(), idle, new MinimumRate(1_000, slow), now::get);
    }

    private final class Ending implements StreamedBody.Ending {
        @Override
        public Failure waitedInVain(boolean silent) {
            return new Failure(Code.REGISTRY_TIMEOUT, silent ? "silent" : "slow");
        }

        @Override
        public Failure interrupted() {
            return new Failure(Code.DEADLINE_EXCEEDED, "interrupted");
        }

        @Override
        public Failure told(Throwable thrown) {
            return new Failure(Code.REGISTRY_UNREACHABLE, "told " + thrown.getMessage());
        }

        @Override
        public void cancelled() {
            done.add("cancelled");
        }
    }
}
