package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
