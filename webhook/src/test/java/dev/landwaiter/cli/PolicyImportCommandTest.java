package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyImportCommandTest {
    private static final ObjectNode WRITTEN =
            JsonNodeFactory.instance.objectNode().put("glob", "0755").put("count", 1.0);

    @Test
    void whatIsReadAsItWasMeantMayBeWritten() {
        assertThatCode(() -> PolicyImportCommand.checkReadBack(List.of(WRITTEN), Output.yaml(WRITTEN)))
                .doesNotThrowAnyException();
        assertThatCode(() -> PolicyImportCommand.checkReadBack(List.of(), "")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "glob: 0755\ncount: 1\n",
                "glob: '0755'\n",
                "glob: '0755'\ncount: 1\n---\na: b\n",
                "",
                "glob: *a\n"
            })
    void whatIsReadAsSomethingElseIsNotWritten(String yaml) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PolicyImportCommand.checkReadBack(List.of(WRITTEN), yaml))
                .withMessageStartingWith("Could not write what was imported: it would be read as something else")
                .satisfies(failure -> org.assertj.core.api.Assertions.assertThat(failure.code())
                        .isEqualTo(Code.INTERNAL_ERROR));
    }
}
