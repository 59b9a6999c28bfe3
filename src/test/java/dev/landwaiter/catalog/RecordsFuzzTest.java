package dev.landwaiter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import java.util.List;

/** The annotation that a client may have written in our name. */
class RecordsFuzzTest {
    @Seeds({
        "{\"containers/api\":{\"image\":\"ghcr.io/acme/api\",\"tag\":\"1.4\",\"digest\":\"sha256:00\",\"outcome\":\"verified\",\"policies\":[\"signed\"],\"signers\":[\"key\"]}}",
        "{\"containers/api\":{\"outcome\":\"unchecked\"},\"x\":null}",
        "{\"containers/\\ud800\":{\"outcome\":\"unchecked\"}}",
        "{\"containers/a\":{\"outcome\":\"unchecked\"},\"containers/a\":{\"outcome\":\"verified\"}}",
        "{\"containers/a\":{\"outcome\":\"unchecked\",\"signers\":[\"\\ud83d\"]}}",
    })
    @FuzzTest
    void whateverItClaimsIsTooMuchWhereNothingWasDerived(byte[] data) {
        Records.parse(Parsed.text(data)).ifPresent(claimed -> {
            assertThat(claimed.firstOverclaim(Records.NONE, Records.NONE, List.of())
                            .isPresent())
                    .isEqualTo(!claimed.isEmpty());
            assertThat(Records.parse(claimed.text()).map(Records::text)).contains(claimed.text());
        });
    }
}
