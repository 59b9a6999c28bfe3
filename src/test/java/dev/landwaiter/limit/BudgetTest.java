package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static final String REGISTRY = "r.test";
    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(20));
    private static final Limits SMALL = Limits.of(Map.of(
            Limit.ORDINARY_REQUESTS, 2L,
            Limit.IMAGE_REQUESTS, 5L,
            Limit.REVIEW_REQUESTS, 10L,
            Limit.ORDINARY_DOWNLOAD_BYTES, 100L,
            Limit.IMAGE_DOWNLOAD_BYTES, 300L,
            Limit.REVIEW_DOWNLOAD_BYTES, 500L,
            Limit.REVIEW_REGISTRIES, 2L));

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);

    private ReviewBudget review(int images) {
        return new ReviewBudget(SMALL, images, clock::get);
    }

    private static Budget image(ReviewBudget review, String name) {
        return review.image(REGISTRY, REGISTRY + "/" + name).budget();
    }

    /** How many requests {@code budget} has room for, of at most {@code most}. */
    private static int requests(Budget budget, int most) {
        for (int i = 0; i < most; i++) {
            try {
                request(budget, 0);
            } catch (Failure e) {
                assertThat(e.code()).isEqualTo(Code.BUDGET_EXCEEDED);
                return i;
            }
        }
        return most;
    }

    private static void request(Budget budget, long bytes) {
        try (RegistryCall call = budget.request(REGISTRY, "a manifest", SOON)) {
            call.received(bytes);
            call.answered();
        }
    }

    private Deadline in(int seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), clock::get);
    }

    private void pass(int millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Nested
    class Spending {
        @Test
        void oneImageHasItsLimit() {
            Budget budget = image(review(1), "a");

            assertThat(requests(budget, 100)).isEqualTo(5);
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> request(budget, 0))
                    .withMessage(
                            "Could not fetch a manifest: checking this image takes more requests than the limit 'image-requests' of 5 requests allows. Remove what lies beside the image and is no signature of it, or, if images are meant to need so much, raise the setting --limit image-requests=….");
        }

        @Test
        @Tag("attack-54")
        @DisplayName("One image takes nothing away that the others need, in whatever order they come")
        void eachImageHasWhatAnOrdinaryOneNeeds() {
            ReviewBudget review = review(4);
            Budget[] greedy = {image(review, "a"), image(review, "b")};
            Budget[] modest = {image(review, "c"), image(review, "d")};

            // 10 less 2 for each is 2 for whoever comes first
            assertThat(requests(greedy[0], 100)).isEqualTo(4);
            assertThat(requests(greedy[1], 100)).isEqualTo(2);
            assertThat(requests(modest[0], 2)).isEqualTo(2);
            assertThat(requests(modest[1], 2)).isEqualTo(2);
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> request(modest[1], 0))
                    .withMessage(
                            "Could not fetch a manifest: checking the images of this object takes more requests than the limit 'review-requests' of 10 requests allows. Remove what lies beside the images and is no signature of them, or, if objects are meant to need so much, raise the setting --limit review-requests=….");
        }

        @Test
        @DisplayName("A Pod of very many ordinary images is looked up, and one of very many others costs no more")
        void veryManyImages() {
            ReviewBudget review = review(50);
            for (int i = 0; i < 50; i++) {
                assertThat(requests(image(review, "i" + i), 100)).isEqualTo(2);
            }
        }

        @Test
        void bytesAreSharedLikewise() {
            ReviewBudget review = review(3);
            Budget greedy = image(review, "a");
            request(greedy, 300);
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> request(greedy, 1))
                    .withMessageContaining(
                            "takes more bytes than the limit 'image-download-bytes' of 300 bytes allows. Remove");
            request(image(review, "b"), 100);
            request(image(review, "c"), 100);
        }

        @Test
        @DisplayName("Whose images are of one registry too many depends on their order alone")
        void registries() {
            ReviewBudget review = review(5);
            Budget first = review.image("r1.test", "r1.test/a:1").budget();
            assertThat(review.image("r2.test", "r2.test/a:1").refusal()).isNull();
            assertThat(review.image("r3.test", "r3.test/a:1").refusal())
                    .hasMessage(
                            "Could not look up r3.test/a:1: the images of this object are of more registries than the limit 'review-registries' of 2 registries allows. Use fewer registries, or raise the setting --limit review-registries=….");
            assertThat(review.image("r2.test", "r2.test/b:1").refusal()).isNull();

            first.request("auth1.test", "a token", SOON).close();
            first.request("auth2.test", "a token", SOON).close();
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(
                            () -> first.request("auth3.test", "a token", SOON).close())
                    .withMessageContaining("refer to more hosts than the limit 'review-registries' of 2");
        }

        @Test
        void nobodyBoundsOurOwnWork() {
            assertThat(requests(Budget.UNBOUNDED, 10_000)).isEqualTo(10_000);
        }
    }

    /** Ten seconds, a quarter of which is slow. */
    @Nested
    class Blaming {
        private final Budget budget = image(review(1), "a:1");
        private final Deadline deadline = in(10);

        Blaming() {
            budget.begin(deadline);
        }

        private Failure outOfTime() {
            return budget.blamed(deadline.exceeded("the work"));
        }

        private void answeredIn(int millis) {
            try (RegistryCall call = budget.request(REGISTRY, "a manifest", SOON)) {
                pass(millis);
                call.answered();
            }
        }

        @Test
        void aRegistryThatIsSilentIsToBlame() {
            RegistryCall _ = budget.request(REGISTRY, "a manifest", SOON);
            pass(10_000);
            assertThat(outOfTime().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }

        @Test
        void soIsOneThatAnswersSlowly() {
            answeredIn(3_000);
            answeredIn(3_000);
            assertThat(outOfTime().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }

        @Test
        @Tag("attack-54")
        @DisplayName(
                "Of a registry that answered promptly the image's own content used up the time, in however few requests")
        void contentThatTakesManyTurns() {
            answeredIn(2_400);
            answeredIn(2_400);
            assertThat(outOfTime())
                    .hasMessage(
                            "Could not look up r.test/a:1: the time for this request ran out, although none of its 2 requests to registries took longer than 2400 ms. Remove what lies beside the image and is no signature of it, or raise the webhook's timeoutSeconds.")
                    .extracting(Failure::code)
                    .isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        @Tag("attack-54")
        @DisplayName(
                "More requests or bytes than an ordinary image needs are the image's own, however slow its registry is")
        void contentOfMoreThanOrdinarySize() {
            answeredIn(3_000);
            request(budget, 101);
            assertThat(outOfTime())
                    .hasMessage(
                            "Could not look up r.test/a:1: the time for this request ran out, after 2 answers of 101 bytes in all, and an ordinary image needs no more than 2 (limit 'ordinary-requests') and 100 (limit 'ordinary-download-bytes'). Remove what lies beside the image and is no signature of it, or, if images are meant to need so much, raise these limits by the setting --limit.")
                    .extracting(Failure::code)
                    .isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        void nothingWasAskedForInTime() {
            pass(10_000);
            assertThat(outOfTime())
                    .hasMessage(
                            "Could not look up r.test/a:1: there was no room for it in the time that this request had. Try again, or add replicas.")
                    .extracting(Failure::code)
                    .isEqualTo(Code.OVERLOADED);
        }

        @Test
        @Tag("attack-54")
        @DisplayName("What an image's own content kept waiting in our queue is its own, too")
        void contentThatFillsOurOwnRoom() {
            Failure overloaded = new Failure(Code.OVERLOADED, "no room");
            answeredIn(1);
            assertThat(budget.blamed(overloaded)).isSameAs(overloaded);
            answeredIn(1);
            answeredIn(1);
            assertThat(budget.blamed(overloaded).code()).isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        @DisplayName("What waited for room of our own is no registry's fault")
        void queues() {
            try (RegistryCall call = budget.request(REGISTRY, "a manifest", SOON)) {
                call.queue();
                pass(6_000);
                call.dequeue();
                pass(1_000);
                call.answered();
            }
            RegistryCall waiting = budget.request(REGISTRY, "a manifest", SOON);
            waiting.queue();
            pass(3_000);
            assertThat(outOfTime().code()).isEqualTo(Code.OVERLOADED);
        }

        @Test
        @DisplayName("A rate limit that an image ran into by its own many requests is its own")
        void rateLimits() {
            Failure tooMany = new Failure(Code.REGISTRY_RATE_LIMITED, "429");
            answeredIn(1);
            assertThat(budget.blamed(tooMany)).isSameAs(tooMany);
            answeredIn(1);
            answeredIn(1);
            assertThat(budget.blamed(tooMany))
                    .hasMessageStartingWith(
                            "Could not look up r.test/a:1: its registry limits the rate of requests, after 3 answers of 0 bytes in all")
                    .extracting(Failure::code)
                    .isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        @DisplayName("So is a time-out of a request whose answer is larger than ordinary ones")
        void largeAnswers() {
            Failure tooSlow = new Failure(Code.REGISTRY_TIMEOUT, "too slow");
            request(budget, 100);
            assertThat(budget.blamed(tooSlow)).isSameAs(tooSlow);
            request(budget, 1);
            assertThat(budget.blamed(tooSlow).code()).isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        void everythingElseIsWhatItWas() {
            Failure down = new Failure(Code.REGISTRY_UNREACHABLE, "down");
            request(budget, 200);
            request(budget, 0);
            request(budget, 0);
            assertThat(budget.blamed(down)).isSameAs(down);
            assertThat(Budget.UNBOUNDED.blamed(down)).isSameAs(down);
        }
    }

    /** Two requests for the same image at the same time, of which the second waits for what the first looks up. */
    @Nested
    class Waiting {
        private final Budget leader = image(review(1), "a:1");
        private final Budget joiner = image(review(1), "a:1");
        private final Deadline deadline = in(10);

        Waiting() {
            leader.begin(deadline);
            joiner.begin(deadline);
        }

        @Test
        void whoWaitsForASilentRegistryBlamesIt() {
            Budget flight = leader.part();
            RegistryCall _ = flight.request(REGISTRY, "a manifest", SOON);
            joiner.part().join(flight);
            pass(10_000);
            assertThat(joiner.blamed(deadline.exceeded("the work")).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }

        @Test
        @Tag("attack-54")
        @DisplayName("Who waits for what its own image's content takes is refused as whoever looks it up is")
        void whoWaitsForContentBlamesTheContent() {
            Budget flight = leader.part();
            joiner.join(flight);
            for (int i = 0; i < 5; i++) {
                try (RegistryCall call = flight.request(REGISTRY, "a manifest", SOON)) {
                    pass(2_600);
                    call.answered();
                }
            }
            assertThat(joiner.blamed(deadline.exceeded("the work")).code()).isEqualTo(Code.BUDGET_EXCEEDED);
        }

        @Test
        void whoWaitsForOneThingIsNotBlamedForAllElse() {
            Budget evil = leader.part();
            for (int i = 0; i < 4; i++) {
                request(evil, 0);
            }
            Budget token = leader.part();
            RegistryCall _ = token.request(REGISTRY, "a token", SOON);
            joiner.join(token);
            pass(10_000);
            assertThat(leader.blamed(deadline.exceeded("the work")).code()).isEqualTo(Code.BUDGET_EXCEEDED);
            assertThat(joiner.blamed(deadline.exceeded("the work")).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }

        @Test
        void theyMayWaitForEachOther() {
            joiner.join(leader.part());
            leader.join(joiner.part());
            Budget flight = joiner.part();
            leader.join(flight);
            RegistryCall _ = flight.request(REGISTRY, "a manifest", SOON);
            pass(10_000);
            assertThat(leader.blamed(deadline.exceeded("the work")).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }
    }
}
