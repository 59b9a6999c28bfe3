package dev.landwaiter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageRecordTest {
    private static ImageRecord of(List<String> policies) {
        return new ImageRecord("r.test/a", "1", "", "", Outcome.VERIFIED, policies, List.of(), List.of());
    }

    private static ObjectNode claim(List<String> policies) {
        ObjectNode claim = JsonNodeFactory.instance.objectNode().put("outcome", "verified");
        ArrayNode claimed = claim.putArray("policies");
        policies.forEach(claimed::add);
        return claim;
    }

    @ParameterizedTest
    @CsvSource({"'', true", "b, true", "c;a, true", "a;b;c, true", "d, false", "a;a, true", "a;b;c;a, false"})
    void aClaimNamesNobodyElse(String policies, boolean covered) {
        List<String> claimed = policies.isEmpty() ? List.of() : List.of(policies.split(";"));
        assertThat(of(List.of("c", "a", "b")).covers(claim(claimed))).isEqualTo(covered);
    }

    /** The last of ten thousand policies, claimed as often as an annotation has room for it: each time all were gone through. */
    @Test
    @Timeout(5)
    void aLongClaimTakesNoTime() {
        ImageRecord record =
                of(IntStream.range(0, 10_000).mapToObj("policy-%05d"::formatted).toList());
        for (int i = 0; i < 100; i++) {
            assertThat(record.covers(claim(Collections.nCopies(10_000, "policy-09999"))))
                    .isTrue();
            assertThat(record.covers(claim(Collections.nCopies(10_001, "policy-09999"))))
                    .isFalse();
        }
    }
}
