package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Every text that a setting may be given: whatever it is, it is a value, or a sentence's part that says what was expected. */
class SettingsFuzzTest {
    private static final List<Function<String, ?>> PARSERS = List.of(
            Parsers::file,
            Parsers::folder,
            Parsers::fileOrFolder,
            Parsers.choice(SettingsFuzzTest.Colour.class),
            Parsers.duration(Duration.ZERO, Duration.ofDays(1)),
            Parsers::bytes,
            Parsers::count,
            Parsers::namespace,
            Parsers::host,
            Parsers::registryFile,
            Parsers::tokenRealm,
            Parsers::cidrOrHost,
            Parsers::proxy,
            Parsers::noProxy,
            text -> Parsers.limits(List.of(text)),
            HostPort::parse);

    private enum Colour {
        AUTO,
        NEVER
    }

    @Seeds({
        "registry.example.com:5000=/etc/ca.crt",
        "registry.example.com=auth.internal.example.com:8443",
        "[fd00::1]:8443",
        "fd00::/8",
        "10.0.0.0/8",
        "http://user:password@proxy.internal:3128",
        "manifest-bytes=8388608",
        "100MiB",
        "1m30.5s",
        "landwaiter-system",
        "auto",
        "/etc/hosts",
    })
    @FuzzTest
    void aSettingIsAValueOrSaysWhatWasExpected(byte[] data) {
        String text = Parsed.text(data);
        for (Function<String, ?> parser : PARSERS) {
            try {
                assertThat(parser.apply(text)).isNotNull();
            } catch (Failure e) {
                assertThat(e.code()).isEqualTo(Code.SETTING_INVALID);
                assertThat(e.message()).isNotBlank();
            }
        }
    }

    @Seeds({"10s", "1h2m3.5s", "500ms", "9223372036s", "1µs", "0"})
    @FuzzTest
    void aDurationIsNeverNegative(byte[] data) {
        assertThat(GoDuration.find(Parsed.text(data)).orElse(Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Seeds({"0.0.0.0:8443", "[::]:0", "localhost:65535"})
    @FuzzTest
    void aHostAndPortMeansTheSameOnceWritten(byte[] data) {
        Parsed.by(() -> HostPort.parse(Parsed.text(data)))
                .ifPresent(read -> assertThat(HostPort.parse(read.toString())).isEqualTo(read));
    }
}
