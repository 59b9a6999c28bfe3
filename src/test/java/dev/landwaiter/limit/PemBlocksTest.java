package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.landwaiter.fuzzing.PemCase;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PemBlocksTest {
    private static final String PEM = "-----BEGIN PUBLIC KEY-----\nYSBr\nZXk=\n-----END PUBLIC KEY-----\n";

    @ParameterizedTest
    @EnumSource
    void readsOrRefusesAsEveryReaderOfPemDoes(PemCase of) {
        String text = of.text(PEM);
        if (of.blocks().isEmpty()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PemBlocks.parse(text))
                    .withMessageMatching("one of its PEM blocks is cut short|its PEM block is not base64");
            assertThat(PemBlocks.only(text)).isEmpty();
            return;
        }
        PemBlocks read = PemBlocks.parse(text);

        assertThat(read.blocks())
                .filteredOn(block -> block.label().equals("PUBLIC KEY"))
                .hasSize(of.blocks().getAsInt())
                .allSatisfy(block -> assertThat(new String(block.der(), StandardCharsets.UTF_8))
                        .isEqualTo("a key"));
        assertThat(read.alone()).isEqualTo(of.alone());
        assertThat(read.blocks()).hasSize(PemBlocks.count(text));
        assertThat(PemBlocks.only(text).isPresent())
                .isEqualTo(of.alone() && read.blocks().size() == 1);
    }

    @ParameterizedTest
    @CsvSource({
        "-----BEGIN -----, one of its PEM blocks is cut short",
        "-----BEGIN public key-----\\nYQ==\\n-----END public key-----, one of its PEM blocks is cut short",
        "-----BEGIN A-----\\nProc-Type: 4\\n\\nYQ==\\n-----END A-----, its PEM block is not base64",
        "-----BEGIN A-----\\nYQ==\\n-----END A----, one of its PEM blocks is cut short",
        "-----BEGIN A-----\\nYQ==\\n-----BEGIN A-----\\nYQ==\\n-----END A-----, one of its PEM blocks is cut short",
        "-----BEGIN A-----\\nComment: x\\nYQ==\\n-----END A-----, its PEM block is not base64",
    })
    void saysWhatIsWrongWithABlock(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemBlocks.parse(text.replace("\\n", "\n")))
                .withMessage(why);
    }

    @Test
    void readsNothingThatIsTooLong() {
        String full = PEM + " ".repeat(PemBlocks.MOST_CHARACTERS - PEM.length());

        assertThat(PemBlocks.only(full)).isPresent();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemBlocks.parse(full + " "))
                .withMessage("it is longer than 65536 characters");
        assertThat(PemBlocks.only(full + " ")).isEmpty();
    }

    @Test
    void aBlockIsACopy() {
        PemBlocks.Block block = PemBlocks.only(PEM).orElseThrow();
        block.der()[0] = 0;

        assertThat(block.der()[0]).isEqualTo((byte) 'a');
    }
}
