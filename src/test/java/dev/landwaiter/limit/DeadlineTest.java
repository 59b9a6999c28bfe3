package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
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

    /** Whoever has not proved to be the API server has their address's share, whatever namespace they say. */
    @Test
    void whatARequestSaysOfItselfDoesNotChangeWhoSentIt() {
        assertThat(in(1_000).onBehalfOf("192.0.2.1").onBehalfOf("shop").tenant())
                .isEqualTo("192.0.2.1");
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
    void itSaysWhatTheWorkMayCostHoweverItIsShortened() {
        Budget budget = ReviewBudget.ofOneImage(Limits.defaults(), "r.test", "r.test/a:1");
        Deadline bounded = in(1_000).within(budget);

        assertThat(bounded.budget()).isSameAs(budget);
        assertThat(bounded.onBehalfOf("shop").atMost(Duration.ofMillis(10)).budget())
                .isSameAs(budget);
        assertThat(bounded.sooner(Duration.ofMillis(10)).budget()).isSameAs(budget);
        assertThat(in(1_000).budget()).isSameAs(Budget.UNBOUNDED);
    }

    @Test
    void atMostIsWhicheverComesFirst() {
        assertThat(in(1_000).atMost(Duration.ofMillis(10)).remaining()).isEqualTo(Duration.ofMillis(10));
        assertThat(in(10).atMost(Duration.ofMillis(1_000)).remaining()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void timeThatRunsOutAfterAWaitForRoomIsALackOfRoom() {
        Deadline deadline = in(1_000);
        Deadline part = deadline.onBehalfOf("shop").atMost(Duration.ofMillis(900));
        part.waitsForRoom();
        pass(300);
        part.goesOn();
        pass(700);

        assertThat(deadline.exceeded("the test").code()).isEqualTo(Code.OVERLOADED);
        assertThat(deadline.exceeded("the test"))
                .hasMessage(
                        "Could not finish the test: the time for this request ran out, because it had to wait 300 milliseconds in all for others to finish. Try again later.");
        assertThat(in(1_000).exceeded("the test").code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    @Test
    void whoStillWaitsCountsToo() {
        Deadline deadline = in(1_000);
        deadline.waitsForRoom();
        pass(60);
        deadline.sooner(Duration.ofMillis(1)).waitsForRoom();
        pass(30);

        assertThat(deadline.lackOfRoom("the test")).isPresent();
    }

    @Test
    void aShortWaitIsNoReason() {
        Deadline deadline = in(1_000);
        for (int i = 0; i < 9; i++) {
            deadline.waitsForRoom();
            pass(11);
            deadline.goesOn();
        }
        assertThat(deadline.exceeded("the test").code()).isEqualTo(Code.DEADLINE_EXCEEDED);

        deadline.waitsForRoom();
        pass(11);
        deadline.goesOn();
        assertThat(deadline.exceeded("the test").code()).isEqualTo(Code.OVERLOADED);
    }

    @Test
    void whatOneImageWaitedForIsNoReasonForAnother() {
        Deadline whole = in(1_000);
        Deadline one = whole.within(ReviewBudget.ofOneImage(Limits.defaults(), "r.test", "r.test/a:1"));
        Deadline other = whole.within(ReviewBudget.ofOneImage(Limits.defaults(), "r.test", "r.test/b:1"));
        one.waitsForRoom();
        pass(300);
        one.goesOn();

        assertThat(one.exceeded("the test").code()).isEqualTo(Code.OVERLOADED);
        assertThat(whole.exceeded("the test").code()).isEqualTo(Code.OVERLOADED);
        assertThat(other.exceeded("the test").code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    private void pass(int millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }
}
