package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiscretionTest {
    private static final List<InetAddress> PRIVATE = List.of(InetAddress.ofLiteral("10.1.2.3"));
    private static final Deadline SHOP = Deadline.in(Duration.ofMinutes(1)).onBehalfOf("shop");
    private static final Target TARGET = Target.of(Address.of("https://db.internal.test:5432/v2/"));

    private static TransportSettings settings(Map<String, String> authorities, Set<String> plain, List<Cidr> allowed) {
        return new TransportSettings(authorities, plain, allowed, Set.of(), null, Limits.defaults());
    }

    private static Failure told(TransportSettings settings, Code code, List<InetAddress> addresses, Deadline deadline) {
        return new Discretion(settings)
                .told(
                        new Failure(code, "what happened"),
                        "manifest of db.internal.test:5432/a:1",
                        TARGET,
                        addresses,
                        deadline);
    }

    @ParameterizedTest
    @EnumSource(names = {"REGISTRY_UNREACHABLE", "REGISTRY_TLS_FAILED", "REGISTRY_TIMEOUT"})
    void aTenantIsToldTheSameWhateverWentWrongInside(Code code) {
        Failure told = told(TransportSettings.defaults(), code, PRIVATE, SHOP);

        assertThat(told.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
        assertThat(told)
                .hasMessage(
                        "Could not fetch manifest of db.internal.test:5432/a:1 from db.internal.test:5432: it did not answer as a registry that may be asked. "
                                + "If it is one, ask a cluster admin to name it with --registry-ca or --allow-address; then the cause is told.");
    }

    @ParameterizedTest
    @EnumSource(names = {"REGISTRY_UNREACHABLE", "REGISTRY_TLS_FAILED", "REGISTRY_TIMEOUT"})
    void noDecisionChangesByIt(Code code) {
        assertThat(told(TransportSettings.defaults(), code, PRIVATE, SHOP)
                        .code()
                        .unavailable())
                .isEqualTo(code.unavailable());
    }

    @Test
    void whatIsNobodysSecretIsToldAsItIs() {
        for (Failure told : List.of(
                told(
                        TransportSettings.defaults(),
                        Code.REGISTRY_TLS_FAILED,
                        List.of(InetAddress.ofLiteral("8.8.8.8")),
                        SHOP),
                told(
                        TransportSettings.defaults(),
                        Code.REGISTRY_TLS_FAILED,
                        PRIVATE,
                        Deadline.in(Duration.ofMinutes(1))),
                told(
                        settings(Map.of("db.internal.test", "PEM"), Set.of(), List.of()),
                        Code.REGISTRY_TLS_FAILED,
                        PRIVATE,
                        SHOP),
                told(
                        settings(Map.of(), Set.of("db.internal.test:5432"), List.of()),
                        Code.REGISTRY_TLS_FAILED,
                        PRIVATE,
                        SHOP),
                told(
                        settings(Map.of(), Set.of(), List.of(Cidr.parse("10.0.0.0/8"))),
                        Code.REGISTRY_TLS_FAILED,
                        PRIVATE,
                        SHOP))) {
            assertThat(told).hasMessage("what happened");
        }
    }

    @Test
    void otherFailuresKeepTheirWords() {
        assertThat(told(TransportSettings.defaults(), Code.OVERLOADED, PRIVATE, SHOP))
                .hasMessage("what happened");
        assertThat(told(TransportSettings.defaults(), Code.DIGEST_MISMATCH, PRIVATE, SHOP))
                .hasMessage("what happened");
    }
}
