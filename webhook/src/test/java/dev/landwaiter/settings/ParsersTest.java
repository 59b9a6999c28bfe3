package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.List;
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
    @ValueSource(
            strings = {
                "https://ghcr.io",
                "ghcr.io/acme",
                "",
                "a b",
                "-a",
                "host:port",
                "host:65536",
                "[:::]",
                "[[::1]]",
                "[fe80::1%1]:5000"
            })
    void aHostHasNeitherSchemeNorPath(String text) {
        refuses(Parsers::host, text, "expected HOST[:PORT], for instance registry.example.com:5000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8443", ":8443", "::1:8443", "host:", "host:65536", "host:99999", "[]:1", "host:-1", "host:1:2"})
    void listeningNeedsHostAndPort(String text) {
        refusesToListen(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[]]:800",
                "[[::]]:800",
                "[::1]]:800",
                "[::1:800",
                "::1]:800",
                "[1::2::3]:800",
                "[12345::]:800",
                "[::1.2.3]:800",
                "[localhost]:800",
                "[127.0.0.1]:800"
            })
    void bracketsHoldAnIpv6AddressAndNothingElse(String text) {
        refusesToListen(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[fe80::1%eth0]:800", "[fe80::1%1]:800", "[fe80::1%25eth0]:800", "[::1%]:800"})
    void aZoneIsRefusedAsItMeansAnotherInterfaceOnEachMachine(String text) {
        refusesToListen(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b:800",
                "-a:800",
                "a-:800",
                "a..b:800",
                ".a:800",
                "a.:800",
                "a_b:800",
                "ä:800",
                "a/b:800",
                "*:800",
                "1:800",
                "10.0.0:800",
                "256.0.0.1:800",
                "010.0.0.1:800",
                "1.2.3.4.5:800",
                "host.1:800"
            })
    void aHostIsANameOfTheDnsOrFourNumbers(String text) {
        refusesToListen(text);
    }

    @Test
    void aNameIsNoLongerThanTheDnsAllows() {
        String label = "a".repeat(63);
        assertThat(HostPort.parse(label + ":1").host()).isEqualTo(label);
        refusesToListen(label + "a:1");
        String longest = (label + ".").repeat(3) + "a".repeat(61);
        assertThat(HostPort.parse(longest + ":1").host()).hasSize(253);
        refusesToListen(longest + "a:1");
    }

    @ParameterizedTest
    @CsvSource({
        "[::]:8443,::,8443",
        "[::1]:0,::1,0",
        "[fd00::A]:65535,fd00::A,65535",
        "[1:2:3:4:5:6:7:8]:1,1:2:3:4:5:6:7:8,1",
        "[::ffff:127.0.0.1]:1,::ffff:127.0.0.1,1",
        "localhost:0,localhost,0",
        "0.0.0.0:8443,0.0.0.0,8443",
        "255.255.255.255:1,255.255.255.255,1",
        "Web-1.example.com:443,Web-1.example.com,443",
        "1a:443,1a,443"
    })
    void anAddressIsWrittenAsItIsRead(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"[::1],1", "'',1", "localhost,-1", "localhost,65536"})
    void noOtherWayLeadsToAPlaceThatIsNone(String host, int port) {
        refuses(_ -> new HostPort(host, port), "", "expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443");
    }

    @ParameterizedTest
    @CsvSource({
        "redirect, redirects, subjects, review-depth",
        "manifests-bytes, manifest-bytes, review-bytes, config-bytes",
        "policy-bytes, policy-file-bytes, namespace-policy-bytes, policy-globs",
        "Manifest_Bytes, manifest-bytes, review-bytes, config-bytes"
    })
    void aLimitThatIsNoneNamesTheNearest(String name, String first, String second, String third) {
        assertThatThrownBy(() -> Parsers.limits(List.of(name + "=1")))
                .hasMessage(
                        "there is no limit '%s'; did you mean '%s', '%s' or '%s'? 'landwaiter webhook --help' and docs/settings.md list all of them"
                                .formatted(name, first, second, third));
    }

    private static void refusesToListen(String text) {
        refuses(HostPort::parse, text, "expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443");
    }

    private static void refuses(Function<String, ?> parser, String text, String message) {
        assertThatThrownBy(() -> parser.apply(text)).isInstanceOf(Failure.class).hasMessage(message);
    }
}
