package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {
    @Test
    void whatFitsStaysTheSameList() {
        List<String> all = List.of("aaa", "bb", "c");

        assertThat(Cut.toFit(all, 6, String::length).kept()).isSameAs(all);
        assertThat(Cut.toFit(all, 6, String::length).more()).isZero();
        assertThat(Cut.toFit(List.<String>of(), 0, String::length).more()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"5, aaabb, 1", "4, aaac, 1", "2, bb, 2", "0, '', 3"})
    void theFirstThatHaveRoomAreKept(int room, String kept, int more) {
        Cut<String> cut = Cut.toFit(List.of("aaa", "bb", "c"), room, String::length);

        assertThat(String.join("", cut.kept())).isEqualTo(kept);
        assertThat(cut.more()).isEqualTo(more);
    }
}
