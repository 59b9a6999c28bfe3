package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ByteSharesTest {
    private final ByteShares shares = new ByteShares(1000);

    @Test
    void aTenantHoldsNoMoreThanItLeavesFree() {
        ByteShares.Lease lease = shares.lease("greedy");

        assertThat(lease.hold(501, false)).isFalse();
        assertThat(lease.hold(500, false)).isTrue();
        assertThat(shares.lease("greedy").hold(1, false)).isFalse();
        assertThat(shares.lease("other").hold(250, false)).isTrue();
        assertThat(shares.free()).isEqualTo(250);
    }

    @Test
    void whatIsLargeLeavesTwiceAsMuch() {
        ByteShares.Lease large = shares.lease("greedy");

        assertThat(large.hold(334, true)).isFalse();
        assertThat(large.hold(333, true)).isTrue();
        assertThat(shares.lease("greedy").hold(100, true)).isFalse();
        assertThat(shares.lease("greedy").hold(100, false))
                .as("small things of the same tenant find room")
                .isTrue();
    }

    @Test
    void aLeaseGrowsAndShrinksAndGivesAllBack() {
        ByteShares.Lease lease = shares.lease("a");

        assertThat(lease.hold(100, false)).isTrue();
        assertThat(lease.hold(300, false)).isTrue();
        assertThat(lease.hold(600, false)).isFalse();
        assertThat(lease.bytes()).as("what it held before").isEqualTo(300);
        assertThat(lease.hold(50, false)).isTrue();
        assertThat(shares.free()).isEqualTo(950);
        lease.close();
        lease.close();

        assertThat(lease.bytes()).isZero();
        assertThat(shares.free()).isEqualTo(1000);
        assertThat(shares.idle()).isTrue();
    }

    @Test
    void whoIsRefusedIsForgotten() {
        assertThat(shares.lease("a").hold(2000, false)).isFalse();

        assertThat(shares.idle()).isTrue();
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // it only mixes the threads; nothing rests on it
    void nothingIsLostWhereManyThreadsAsk() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String tenant = "tenant-" + i % 4;
            threads.add(Thread.ofVirtual().start(() -> {
                for (int round = 0; round < 500; round++) {
                    try (ByteShares.Lease lease = shares.lease(tenant)) {
                        boolean _ = lease.hold(ThreadLocalRandom.current().nextInt(1, 300), false);
                        Thread.yield();
                        boolean _ = lease.hold(ThreadLocalRandom.current().nextInt(0, 100), true);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(shares.free()).isEqualTo(1000);
        assertThat(shares.idle()).isTrue();
    }
}
