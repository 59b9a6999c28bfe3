package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.policy.Exemption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Instant END = Instant.parse("2026-11-21T10:00:00Z");

    @Test
    void whatHasNoProblemIsReady() {
        assertThat(Standing.of(PolicyKind.TRUST_ROOT, null))
                .isEqualTo(new Standing(true, "Ready", "The trust root is in use."));
    }

    @Test
    void whatHasAProblemIsBrokenAndSaysWhy() {
        assertThat(Standing.of(PolicyKind.IMAGE_POLICY, "spec.images is missing"))
                .isEqualTo(new Standing(false, "Broken", "spec.images is missing"));
    }

    @Test
    void anExceptionIsReadyUntilTheMomentThatItEnds() {
        assertThat(Standing.of(exemption(null), END.minusNanos(1)))
                .isEqualTo(new Standing(true, "Ready", "The exception is in force until it expires."));
        assertThat(Standing.of(exemption(null), END))
                .isEqualTo(
                        new Standing(
                                false,
                                "Expired",
                                "The exception has had no effect since 2026-11-21T10:00:00Z. Delete it, or give spec.expires a later time where it is still needed."));
    }

    @Test
    void anExceptionThatIsBrokenAndHasEndedIsMendedFirst() {
        assertThat(Standing.of(exemption("spec.reason is missing"), END))
                .isEqualTo(new Standing(false, "Broken", "spec.reason is missing"));
    }

    @Test
    void aMessageIsNoLongerThanKubernetesTakes() {
        assertThat(Standing.of(PolicyKind.IMAGE_POLICY, "x".repeat(40_000)).message())
                .hasSize(32_768)
                .endsWith("x…");
    }

    private static Exemption exemption(@Nullable String problem) {
        return new Exemption("migration", Set.of("signed"), List.of(), Set.of(), END, "moved", problem);
    }
}
