package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private boolean read;
    private Optional<String> problem = Optional.empty();
    private final Readiness readiness = new Readiness(List.of(
            Readiness.Check.apiServer(() -> problem), Readiness.Check.watched("policies", () -> read, () -> problem)));

    @Test
    void whatWasNeverReadIsNotReadyAndSaysWhy() {
        problem = Optional.of(
                "the watch of trustroots has been down since 2026-11-28T10:00:00Z (12 min): connection refused");

        assertThat(readiness.report().ready()).isFalse();
        assertThat(readiness.report().text())
                .contains(
                        "[-] policies: not yet listed from the API server: the watch of trustroots has been down since 2026-11-28T10:00:00Z (12 min): connection refused\n")
                .endsWith("not ready\n");
        problem = Optional.empty();
        assertThat(readiness.report().text()).contains("[-] policies: not yet listed from the API server\n");
    }

    @Test
    void whatWasReadOnceStaysReadyHoweverLongItsWatchIsDown() {
        read = true;
        problem = Optional.of(
                "the watch of trustroots has been down since 2026-11-28T10:00:00Z (9 h): connection refused");

        assertThat(readiness.report().ready()).isTrue();
        assertThat(readiness.report().text()).isEqualTo("""
                        [!] API server: the watch of trustroots has been down since 2026-11-28T10:00:00Z (9 h): connection refused. What was read last decides; pull secrets cannot be read
                        [!] policies: the watch of trustroots has been down since 2026-11-28T10:00:00Z (9 h): connection refused. What was read last decides
                        ready
                        """);
    }

    @Test
    void whatIsWellSaysSo() {
        read = true;

        assertThat(readiness.report().text())
                .isEqualTo("[+] API server: answers\n[+] policies: listed and watched\nready\n");
    }
}
