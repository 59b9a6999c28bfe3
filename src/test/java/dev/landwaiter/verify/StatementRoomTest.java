package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StatementRoomTest {
    private final StatementRoom room = new StatementRoom(Limits.of(Map.of(Limit.LARGE_STATEMENTS_AT_ONCE, 2L)));
    private final Claim.Attested large = attested(65 << 10);
    private final Claim.Attested small = attested(10);

    @Test
    @Tag("attack-57")
    @DisplayName("Attack 57: large statements are judged in turn, and one tenant's leave room for another's")
    void largeOnesAreJudgedInTurn() {
        String judged = room.judge(large, of("shop"), () -> {
            assertThatThrownBy(() -> room.judge(large, of("shop"), () -> "two at once"))
                    .isInstanceOfSatisfying(
                            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
            return room.judge(large, of("bank"), () -> "another's");
        });

        assertThat(judged).isEqualTo("another's");
        assertThat(room.judge(large, of("shop"), () -> "the next")).isEqualTo("the next");
    }

    @Test
    void smallOnesNeedNoTurn() {
        assertThat(room.judge(large, of("shop"), () -> room.judge(small, of("shop"), () -> "both")))
                .isEqualTo("both");
    }

    private static Deadline of(String tenant) {
        return Deadline.in(Duration.ofMillis(200)).onBehalfOf(tenant);
    }

    private static Claim.Attested attested(int characters) {
        ObjectNode predicate = new JsonMapper().createObjectNode().put("x", "x".repeat(characters));
        byte[] statement = CosignSigner.statement(BUSYBOX, "https://example.com/x", predicate);
        byte[] bundle = CosignSigner.bundle("application/vnd.in-toto+json", statement, SigningKey.p256());
        return (Claim.Attested) new ClaimReader(BUSYBOX, Limits.defaults()).bundle(bundle, "the attestation");
    }
}
