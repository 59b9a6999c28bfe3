package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapSharesTest {
    private static final long MIB = 1 << 20;

    @Test
    void defaultsGrowWithTheHeap() {
        HeapShares shares = new HeapShares(1000 * MIB);

        assertThat(shares.bytes(HeapShares.MEMORY_TIER_PERCENT)).isEqualTo(120 * MIB);
        assertThat(shares.limits())
                .isEqualTo(Map.of(
                        Limit.REMEMBERED_VERDICT_BYTES, 80 * MIB,
                        Limit.REMEMBERED_TOKEN_BYTES, 20 * MIB,
                        Limit.REMEMBERED_CHALLENGE_BYTES, 10 * MIB,
                        Limit.REVIEW_BYTES_AT_ONCE, 120 * MIB));
    }

    /** Old generation is half of the heap, and what lives as long as the process is 25 MiB. */
    @ParameterizedTest
    @ValueSource(longs = {96, 128, 256, 512, 1024, 4096})
    void whatIsRememberedFitsInTheOldGeneration(long mebibytes) {
        HeapShares shares = new HeapShares(mebibytes * MIB);
        long remembered = shares.bytes(HeapShares.MEMORY_TIER_PERCENT);
        for (Limit limit : List.of(
                Limit.REMEMBERED_VERDICT_BYTES, Limit.REMEMBERED_TOKEN_BYTES, Limit.REMEMBERED_CHALLENGE_BYTES)) {
            remembered += Limits.of(shares.limits()).get(limit);
        }

        assertThat(remembered).isLessThanOrEqualTo(mebibytes * MIB / 4);
        assertThat(remembered + 23 * MIB).isLessThanOrEqualTo(mebibytes * MIB / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 128, 1L << 20})
    void theLargestReviewFindsRoomInEachHeapAndNoLimitOverflows(long mebibytes) {
        Limits limits = Limits.of(new HeapShares(mebibytes * MIB).limits());

        assertThat(limits.get(Limit.REVIEW_BYTES_AT_ONCE))
                .isGreaterThanOrEqualTo(SettingsCheck.ROOM * limits.get(Limit.REVIEW_BYTES));
        for (Limit limit : Limit.values()) {
            assertThat(limits.count(limit)).as(limit.text()).isPositive();
        }
    }

    @Test
    void aSettingCountsMoreThanTheShare() {
        assertThat(Parsers.limits(List.of("remembered-verdict-bytes=5")).get(Limit.REMEMBERED_VERDICT_BYTES))
                .isEqualTo(5);
        assertThat(Parsers.limits(List.of()).get(Limit.REMEMBERED_VERDICT_BYTES))
                .isEqualTo(HeapShares.ofThisProcess().limits().get(Limit.REMEMBERED_VERDICT_BYTES));
    }

    @Test
    void theMemoryTierMayBeAShare() {
        assertThat(Parsers.bytesOrShare("12%"))
                .isEqualTo(HeapShares.ofThisProcess().bytes(12));
        assertThat(Parsers.bytesOrShare("1Mi")).isEqualTo(MIB);
        assertThat(Settings.resolve(Map.of(), Map.of()).get(SettingRows.MEMORY_TIER))
                .isEqualTo(HeapShares.ofThisProcess().bytes(HeapShares.MEMORY_TIER_PERCENT));
    }
}
