package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParsersTest {
    @ParameterizedTest
    @CsvSource({
        "10s,10000000000",
        "500ms,500000000",
        "1m30s,90000000000",
        "1.5h,5400000000000",
        "1h0m0.5s,3600500000000",
        "7us,7000",
        "7µs,7000",
        "3ns,3",
        "0,0"
    })
    void durationsAreReadAsGoWritesThem(String text, long nanos) {
        assertThat(GoDuration.find(text)).contains(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1s ", "1d", "1s1", "1.s", "999999999h999999999h", "1e3s"})
    void anythingElseIsNoDuration(String text) {
        assertThat(GoDuration.find(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1024,1024", "5B,5", "2Ki,2048", "2KiB,2048", "100MiB,104857600", "1Gi,1073741824"})
    void bytesHaveBinaryUnits(String text, long bytes) {
        assertThat(Parsers.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10MB", "-1", "1.5Gi", "", "9999999999Gi"})
    void otherBytesAreRefused(String text) {
        refuses(Parsers::bytes, text, "expected bytes, for instance 100MiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "127.0.0.0/8", "::1", "fd00::/8", "0.0.0.0/0", "registry.internal", "localhost:5000"
            })
    void addressesAreCidrsOrHosts(String text) {
        assertThat(Parsers.cidrOrHost(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "fd00::/129", "10.0.0/8", "registry/8", "10.0.0.0/-1"})
    void aWrongCidrIsRefused(String text) {
        refuses(
                Parsers::cidrOrHost,
                text,
                "expected a CIDR or a host, for instance 127.0.0.0/8, fd00::/8 or registry.internal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://ghcr.io", "ghcr.io/acme", "", "a b", "-a", "host:port"})
    void aHostHasNeitherSchemeNorPath(String text) {
        refuses(Parsers::host, text, "expected HOST[:PORT], for instance registry.example.com:5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8443", ":8443", "::1:8443", "host:", "host:99999", "[]:1", "host:-1"})
    void listeningNeedsHostAndPort(String text) {
        refuses(HostPort::parse, text, "expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443");
    }

    @Test
    void anAddressIsWrittenAsItIsRead() {
        assertThat(HostPort.parse("[::]:8443")).hasToString("[::]:8443");
        assertThat(HostPort.parse("localhost:0")).hasToString("localhost:0");
    }

    @Test
    void aLimitThatIsNoneNamesThemAll() {
        assertThatThrownBy(() -> Parsers.limits(java.util.List.of("redirect=1")))
                .hasMessageStartingWith("there is no limit 'redirect'; the names are review-bytes, ")
                .hasMessageContaining("redirects");
    }

    private static void refuses(Function<String, ?> parser, String text, String message) {
        assertThatThrownBy(() -> parser.apply(text)).isInstanceOf(Failure.class).hasMessage(message);
    }
}
