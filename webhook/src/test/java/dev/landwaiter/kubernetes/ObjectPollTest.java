package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ObjectPollTest {
    private static final int NAMESPACES = 1_000;
    private static final int OBJECTS = 32;
    private static final int AT_ONCE = 8;

    private final CountDownLatch open = new CountDownLatch(1);
    private final List<String> order = new ArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(MockCluster.NOW);
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private final class Counted implements ObjectPoll.Task {
        private final String namespace;
        private final AtomicReference<@Nullable String> stale = new AtomicReference<>();
        private final AtomicInteger reads = new AtomicInteger();

        Counted(String namespace) {
            this.namespace = namespace;
        }

        @Override
        public String namespace() {
            return namespace;
        }

        @Override
        public String title() {
            return "Secret " + namespace + "/keys";
        }

        @Override
        public Optional<String> read() {
            int _ = most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            synchronized (order) {
                order.add(namespace);
            }
            int _ = reads.incrementAndGet();
            int _ = atOnce.decrementAndGet();
            return Optional.ofNullable(stale.get());
        }
    }

    private ObjectPoll poll(int perSecond, Duration every) {
        return new ObjectPoll(
                Limits.of(Map.of(Limit.NAMED_OBJECT_READS_PER_SECOND, (long) perSecond)), now::get, every);
    }

    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: 1,000 namespaces that name 32 objects each are read by eight at once, in turn")
    void manyNamespacesAreReadInTurn() {
        List<Counted> all = new ArrayList<>();
        try (ObjectPoll poll = poll(50, Duration.ofHours(1))) {
            for (int namespace = 0; namespace < NAMESPACES; namespace++) {
                for (int object = 0; object < OBJECTS; object++) {
                    Counted one = new Counted("tenant-" + namespace);
                    all.add(one);
                    poll.add(one);
                }
            }
            Counted late = new Counted("late");
            poll.add(late);
            open.countDown();
            MockCluster.await(() -> late.reads.get() == 1 && all.stream().allMatch(one -> one.reads.get() == 1));

            assertThat(most).hasValue(AT_ONCE);
            synchronized (order) {
                assertThat(order).hasSize(NAMESPACES * OBJECTS + 1);
                assertThat(order.indexOf("late"))
                        .as("whoever comes last waits for one object of each namespace, not for all")
                        .isLessThan(NAMESPACES + 3 * AT_ONCE);
            }
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: a namespace that names many objects is not read more often than one that names one")
    void readingAgainIsInTurnToo() {
        open.countDown();
        try (ObjectPoll poll = poll(1_000, Duration.ofMillis(1))) {
            List<Counted> greedy = new ArrayList<>();
            for (int object = 0; object < OBJECTS; object++) {
                Counted one = new Counted("greedy");
                greedy.add(one);
                poll.add(one);
            }
            Counted modest = new Counted("modest");
            poll.add(modest);
            MockCluster.await(() -> modest.reads.get() >= 100);

            int read = greedy.stream().mapToInt(one -> one.reads.get()).sum();
            assertThat(read).isLessThan(2 * modest.reads.get() + OBJECTS);
        }
    }

    @Test
    void whatIsNotWantedAnyMoreIsNotRead() {
        open.countDown();
        try (ObjectPoll poll = poll(1_000, Duration.ofMillis(1))) {
            Counted gone = new Counted("a");
            Counted kept = new Counted("b");
            poll.add(gone);
            poll.add(kept);
            MockCluster.await(() -> gone.reads.get() > 1);
            poll.remove(gone);
            MockCluster.await(() -> atOnce.get() == 0);
            int before = gone.reads.get();
            int then = kept.reads.get();
            MockCluster.await(() -> kept.reads.get() > then + 20);

            assertThat(gone.reads.get()).isLessThanOrEqualTo(before + 1);
        }
    }

    @Test
    void oneThatFailsStopsNobody() {
        open.countDown();
        try (ObjectPoll poll = poll(1_000, Duration.ofMillis(1))) {
            for (int i = 0; i < 2 * AT_ONCE; i++) {
                poll.add(new ObjectPoll.Task() {
                    @Override
                    public String namespace() {
                        return "bad";
                    }

                    @Override
                    public String title() {
                        return "Secret bad/keys";
                    }

                    @Override
                    public Optional<String> read() {
                        throw new IllegalStateException("gone");
                    }
                });
            }
            Counted good = new Counted("good");
            poll.add(good);

            MockCluster.await(() -> good.reads.get() > 10);
            now.updateAndGet(before -> before.plusSeconds(60));
            assertThat(poll.problem())
                    .contains(
                            "16 of the Secrets and ConfigMaps that ImagePolicies name could not be read again, the first of them since 2026-11-21T10:00:00Z (60 s): a mistake in the webhook, which its log describes");
        }
    }

    @Test
    void whatCannotBeReadAgainIsSaidWithSinceWhenAndWhy() {
        open.countDown();
        try (ObjectPoll poll = poll(1_000, Duration.ofMillis(1))) {
            Counted shop = new Counted("shop");
            Counted bakery = new Counted("bakery");
            poll.add(shop);
            poll.add(bakery);
            assertThat(poll.size()).isEqualTo(2);
            readAgain(shop, bakery);
            assertThat(poll.problem()).isEmpty();

            shop.stale.set("the API server answered 500");
            readAgain(shop);
            now.updateAndGet(before -> before.plusSeconds(9));
            readAgain(shop);
            assertThat(poll.problem()).as("for a moment nobody is told").isEmpty();
            now.updateAndGet(before -> before.plusSeconds(171));
            bakery.stale.set("the API server does not answer");
            shop.stale.set("the API server answered 503");
            readAgain(shop, bakery);
            assertThat(poll.problem())
                    .contains(
                            "2 of the Secrets and ConfigMaps that ImagePolicies name could not be read again, the first of them since 2026-11-21T10:00:00Z (3 min): the API server answered 503");

            shop.stale.set(null);
            readAgain(shop);
            assertThat(poll.problem()).as("another one has not been for long").isEmpty();
            now.updateAndGet(before -> before.plusSeconds(60));
            assertThat(poll.problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith("1 of ")
                            .contains("the first of them since 2026-11-21T10:03:00Z (60 s)"));
            poll.remove(bakery);
            assertThat(poll.problem()).as("nobody names it any more").isEmpty();
            assertThat(poll.size()).isEqualTo(1);
        }
    }

    /** Waits for two more readings of each: the first may have begun before, and the second begins when what the first said was taken over. */
    private static void readAgain(Counted... all) {
        for (Counted one : all) {
            int before = one.reads.get();
            MockCluster.await(() -> one.reads.get() >= before + 3);
        }
    }
}
