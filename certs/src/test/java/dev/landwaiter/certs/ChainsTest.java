package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final SelfSignedAuthority authority = new SelfSignedAuthority("a", HOUR, InstantSource.fixed(NOW));
    private final ServingCertificate leaf = authority.issueServer(
            List.of("landwaiter.landwaiter.svc", "*.example.test", "10.0.0.1"), HOUR.dividedBy(2));

    @Test
    void verifiesWhatAnAuthoritySignedAndNothingElse() {
        // the same name, another key
        SelfSignedAuthority namesake = new SelfSignedAuthority("a", HOUR, InstantSource.fixed(NOW));

        assertThat(Chains.verifies(leaf.chain(), List.of(authority.certificate()), NOW))
                .isTrue();
        assertThat(Chains.verifies(leaf.chain(), List.of(namesake.certificate(), authority.certificate()), NOW))
                .isTrue();
        assertThat(Chains.verifies(leaf.chain(), List.of(namesake.certificate()), NOW))
                .isFalse();
        assertThat(Chains.verifies(leaf.chain(), List.of(), NOW)).isFalse();
        assertThat(Chains.verifies(leaf.chain(), List.of(leaf.leaf()), NOW))
                .as("trusted as it is")
                .isTrue();
    }

    @Test
    void nothingIsVerifiedOutsideOfTheValidityOfLeafOrAuthority() {
        SelfSignedAuthority early = new SelfSignedAuthority("a", Duration.ofMinutes(10), InstantSource.fixed(NOW));
        ServingCertificate of = early.issueServer(List.of("x"), HOUR);

        assertThat(Chains.verifies(of.chain(), List.of(early.certificate()), NOW))
                .isTrue();
        assertThat(Chains.verifies(of.chain(), List.of(early.certificate()), NOW.plus(Duration.ofMinutes(10))))
                .isFalse();
        assertThat(Chains.verifies(of.chain(), List.of(early.certificate()), NOW.minus(HOUR)))
                .isFalse();
        assertThat(Chains.verifies(leaf.chain(), List.of(authority.certificate()), NOW.plus(HOUR.dividedBy(2))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "landwaiter.landwaiter.svc, true",
        "LANDWAITER.landwaiter.svc, true",
        "landwaiter.other.svc, false",
        "a.example.test, true",
        "a.b.example.test, false",
        "example.test, false",
        "10.0.0.1, true",
        "10.0.0.2, false"
    })
    void knowsTheNamesOfAServer(String name, boolean called) {
        assertThat(Chains.isCalled(leaf.leaf(), name)).isEqualTo(called);
    }
}
