package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import java.time.Duration;

class ReviewTimeoutFuzzTest {
    @Seeds({"timeout=10s", "a=b&timeout=1m&timeout=x", "timeout=&x", "xtimeout=1s"})
    @FuzzTest
    void aTimeoutIsAlwaysOneThatTheApiServerMayHaveMeant(byte[] data) {
        Duration timeout = ReviewTimeout.of(Parsed.text(data));

        assertThat(timeout).isPositive().isLessThanOrEqualTo(ReviewTimeout.MOST);
        assertThat(ReviewTimeout.forDecision(timeout, Duration.ofMillis(500))).isLessThanOrEqualTo(timeout);
    }
}
