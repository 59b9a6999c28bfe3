package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"os":"linux","architecture":"arm64","variant":"v8"} | linux/arm64/v8
                    {"os":"linux","architecture":"amd64"}                | linux/amd64
                    {"os":"linux","architecture":""}                     | linux
                    {"os":"","architecture":""}                          | ``
                    """)
    void saysWhatAnImageSaysAndNothingElse(String config, String platform) {
        assertThat(ImageConfig.parse(config.getBytes(StandardCharsets.UTF_8), Limits.defaults(), "configuration")
                        .platform())
                .hasToString(platform);
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "Linux/X86_64, linux/amd64",
        "linux/aarch64/v8, linux/arm64/v8",
        "linux/arm/v7, linux/arm/v7",
        "linux/s390x/, linux/s390x"
    })
    void isReadAsSettingsWriteIt(String text, String platform) {
        assertThat(Platform.parse(text)).hasToString(platform);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "linux/", "/amd64", "linux/arm64/v8/x"})
    void nothingElseIsAPlatform(String text) {
        assertThatThrownBy(() -> Platform.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessage(
                        "Could not read platform \"%s\": it is not os/architecture[/variant]. Expected for instance linux/amd64."
                                .formatted(text));
    }

    @ParameterizedTest
    @CsvSource({
        "linux/arm/v7, linux/arm/v7, true",
        "linux/arm/v7, linux/arm, true",
        "linux/arm, linux/arm/v6, true",
        "linux/arm/v7, linux/arm/v6, false",
        "linux/arm, linux/arm64, false",
        "linux/arm, windows/arm, false"
    })
    void aNodeTakesWhatItCanRun(String node, String image, boolean taken) {
        assertThat(Platform.parse(node).accepts(Platform.parse(image))).isEqualTo(taken);
    }

    @Test
    void onlyUnknownOfUnknownIsNone() {
        assertThat(Platform.parse("unknown/unknown").none()).isTrue();
        assertThat(Platform.parse("unknown/unknown/v1").none()).isFalse();
        assertThat(Platform.parse("unknown/amd64").none()).isFalse();
        assertThat(Platform.parse("unknown/amd64").runnable()).isFalse();
        assertThat(Platform.parse("linux/unknown").runnable()).isFalse();
        assertThat(Platform.parse("linux/amd64").runnable()).isTrue();
    }
}
