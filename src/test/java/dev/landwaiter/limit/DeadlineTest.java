package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);

    private Deadline in(int millis) {
        return Deadline.in(Duration.ofMillis(millis), clock::get);
    }

    @Test
    void soonerLeavesTheCallerTimeToTell() {
        assertThat(in(1_000).sooner(Duration.ofMillis(50)).remaining()).isEqualTo(Duration.ofMillis(950));
    }

    @Test
    void soonerTakesHalfOfWhatIsLeftAtMost() {
        assertThat(in(60).sooner(Duration.ofMillis(50)).remaining()).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void whatHasPassedIsNotSooner() {
        Deadline passed = in(1);
        clock.addAndGet(1_000_000);

        assertThat(passed.sooner(Duration.ofMillis(50)).expired()).isTrue();
        assertThat(Deadline.passed().sooner(Duration.ofMillis(50))).isSameAs(Deadline.passed());
    }

    @Test
    void itSaysOnWhoseBehalfHoweverItIsShortened() {
        Deadline shop = in(1_000).onBehalfOf("shop");

        assertThat(shop.tenant()).isEqualTo("shop");
        assertThat(shop.atMost(Duration.ofMillis(10)).tenant()).isEqualTo("shop");
        assertThat(shop.sooner(Duration.ofMillis(10)).tenant()).isEqualTo("shop");
        assertThat(in(1_000).tenant()).isEqualTo(Deadline.NOBODY);
    }

    @Test
    void atMostIsWhicheverComesFirst() {
        assertThat(in(1_000).atMost(Duration.ofMillis(10)).remaining()).isEqualTo(Duration.ofMillis(10));
        assertThat(in(10).atMost(Duration.ofMillis(1_000)).remaining()).isEqualTo(Duration.ofMillis(10));
    }
}
