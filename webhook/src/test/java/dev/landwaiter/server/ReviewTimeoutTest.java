package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReviewTimeoutTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none,10000",
                "'',10000",
                "timeout=3s,3000",
                "a=b&timeout=500ms,500",
                "timeout=1m30s&x=y,30000",
                "mytimeout=3s,10000",
                "timeout=,10000",
                "timeout=0s,10000",
                "timeout=-3s,10000",
                "timeout=never,10000"
            })
    void theQueryNamesTheTimeout(String query, long millis) {
        assertThat(ReviewTimeout.of(query)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void theMarginNeverTakesMoreThanHalf() {
        Duration margin = Duration.ofMillis(500);

        assertThat(ReviewTimeout.forDecision(Duration.ofSeconds(10), margin)).isEqualTo(Duration.ofMillis(9500));
        assertThat(ReviewTimeout.forDecision(Duration.ofMillis(600), margin)).isEqualTo(Duration.ofMillis(300));
    }
}
