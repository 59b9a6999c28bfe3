package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {
    @Test
    void aProxyIsAUrlOfSchemeHttp() {
        assertThat(ProxySettings.parse("http://ann:p%40w@proxy.internal:3128/", " .a.example , ,B.example"))
                .isEqualTo(new ProxySettings("proxy.internal", 3128, "ann", "p@w", List.of(".a.example", "b.example")));
        assertThat(ProxySettings.parse("proxy.internal", "").port()).isEqualTo(80);
    }

    @Test
    void aMistakeIsToldWithoutTheValueWhichMayHoldAPassword() {
        for (String proxy : List.of("https://u:secret@proxy", "http://", "http://u:secret@ proxy", "socks5://proxy")) {
            assertThatThrownBy(() -> ProxySettings.parse(proxy, ""))
                    .hasMessage(
                            "Could not read the proxy: it is not a URL of scheme http. Expected for instance http://proxy.internal:3128.");
        }
        assertThat(ProxySettings.parse("http://u:secret@proxy", "").toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "acme.internal, acme.internal, 443, true",
        "acme.internal, registry.acme.internal, 443, true",
        "acme.internal, badacme.internal, 443, false",
        ".acme.internal, registry.acme.internal, 443, true",
        ".acme.internal, acme.internal, 443, false",
        "acme.internal:5000, acme.internal, 5000, true",
        "acme.internal:5000, acme.internal, 443, false",
        "10.0.0.0/8, 10.1.2.3, 443, true",
        "10.0.0.0/8, 11.1.2.3, 443, false",
        "10.1.2.3, 10.1.2.3, 443, true",
        "nonsense/8, 10.1.2.3, 443, false",
        "*, anything.example, 443, true",
        "'', localhost, 5000, true",
        "'', 127.0.0.1, 5000, true",
        "'', ghcr.io, 443, false"
    })
    void whatGoesWithoutTheProxyIsReadAsGoReadsIt(String noProxy, String host, int port, boolean bypassed) {
        ProxySettings proxy = ProxySettings.parse("http://proxy:3128", noProxy);
        InetAddress literal = Character.isDigit(host.charAt(0)) ? InetAddress.ofLiteral(host) : null;

        assertThat(proxy.bypasses(host, port, literal)).isEqualTo(bypassed);
    }
}
