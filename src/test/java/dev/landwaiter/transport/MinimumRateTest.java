package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MinimumRateTest {
    private final MinimumRate rate = new MinimumRate(1_000, Duration.ofSeconds(10));

    private Duration left() {
        return Duration.ofNanos(rate.left());
    }

    @Test
    void nothingMayComeForSoLong() {
        rate.waited(Duration.ofSeconds(9).toNanos());
        assertThat(left()).isEqualTo(Duration.ofSeconds(1));

        rate.waited(Duration.ofSeconds(1).toNanos());
        assertThat(left()).isZero();
    }

    @Test
    void theRateItselfIsFastEnoughForEver() {
        for (int second = 0; second < 3_600; second++) {
            rate.waited(Duration.ofSeconds(1).toNanos());
            rate.received(1_000);
        }

        assertThat(left()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("a byte a second is too slow after little more than what silence may last")
    void aTrickleIsTooSlow() {
        int seconds = 0;
        while (rate.left() > 0) {
            rate.waited(Duration.ofSeconds(1).toNanos());
            rate.received(1);
            seconds++;
        }

        assertThat(seconds).isEqualTo(11);
    }

    @Test
    void nothingIsGainedByBeingFastAtFirst() {
        rate.received(Long.MAX_VALUE);
        assertThat(left()).isEqualTo(Duration.ofSeconds(10));

        rate.waited(Duration.ofSeconds(7).toNanos());
        rate.received(2_500);
        assertThat(left()).isEqualTo(Duration.ofMillis(5_500));
    }
}
