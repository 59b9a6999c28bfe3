package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private static final Instant START = Instant.parse("2026-11-28T10:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Liveness watch = new Liveness(now::get);

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void aWatchThatIsDownSaysSinceWhenAndWhy() {
        watch.look(true, "1");
        pass(Duration.ofMinutes(3));
        watch.look(false, "1");
        watch.failed("connection refused");
        pass(Duration.ofMinutes(12));
        watch.look(false, "1");

        assertThat(watch.up()).isFalse();
        assertThat(watch.everUp()).isTrue();
        assertThat(watch.silent()).isEqualTo(Duration.ofMinutes(15));
        assertThat(watch.trouble().orElseThrow().text())
                .isEqualTo("since 2026-11-28T10:03:00Z (12 min): connection refused");
    }

    @Test
    void aMomentIsNotTold() {
        watch.look(true, "1");
        watch.look(false, "1");
        pass(Liveness.GRACE.minusMillis(1));
        assertThat(watch.trouble()).isEmpty();

        watch.look(true, "2");
        pass(Liveness.GRACE);
        assertThat(watch.trouble()).as("it is open again").isEmpty();
    }

    @Test
    void thatItComesBackIsANewBeginning() {
        watch.look(true, "1");
        watch.look(false, "1");
        pass(Duration.ofHours(5));
        assertThat(watch.trouble().orElseThrow().text()).startsWith("since 2026-11-28T10:00:00Z (5 h): ");
        watch.look(true, "1");
        pass(Duration.ofSeconds(20));
        watch.look(false, "1");
        pass(Duration.ofSeconds(30));

        assertThat(watch.trouble().orElseThrow().text())
                .isEqualTo("since 2026-11-28T15:00:20Z (30 s): the connection was closed");
    }

    @Test
    void oneThatWasNeverOpenIsDownSinceTheStart() {
        pass(Duration.ofMinutes(2));

        assertThat(watch.everUp()).isFalse();
        assertThat(watch.trouble().orElseThrow().text())
                .isEqualTo("since 2026-11-28T10:00:00Z (2 min): it has not been opened yet");
    }

    @Test
    void anOpenWatchThatHangsIsTold() {
        watch.look(true, "1");
        pass(Duration.ofMinutes(10));
        watch.look(true, "2");
        pass(Duration.ofMinutes(14));
        watch.look(true, "2");
        assertThat(watch.trouble()).as("the last bookmark is 14 minutes old").isEmpty();

        pass(Duration.ofMinutes(1));
        watch.look(true, "2");

        assertThat(watch.up()).isTrue();
        assertThat(watch.trouble().orElseThrow().down()).isFalse();
        assertThat(watch.trouble().orElseThrow().text())
                .isEqualTo("since 2026-11-28T10:10:00Z (15 min): it is open, and the API server sends nothing");
    }
}
