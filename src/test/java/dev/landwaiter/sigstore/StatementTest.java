package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementTest {
    private static final String STATEMENT = """
            {"_type":"%s","subject":[{"name":"a","digest":{"sha256":"aa"}},{"digest":{"sha512":"bb"}}],"predicateType":"p","predicate":{"x":1}}
            """;

    private static Statement parse(String payloadType, String json) {
        return Statement.parse(
                new Bundle.Content.Envelope(payloadType, json.getBytes(StandardCharsets.UTF_8), new byte[] {1}),
                Limits.defaults(),
                "the attestation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"})
    void saysWhatOfWhom(String type) {
        Statement statement = parse(Statement.PAYLOAD_TYPE, STATEMENT.formatted(type));
        assertThat(statement.isAbout("sha256", "aa")).isTrue();
        assertThat(statement.isAbout("sha512", "bb")).isTrue();
        assertThat(statement.isAbout("sha256", "bb")).isFalse();
        assertThat(statement.predicateType()).isEqualTo("p");
        assertThat(statement.predicate().path("x").intValue()).isEqualTo(1);
    }

    @Test
    void isOfAKnownType() {
        assertThatThrownBy(() -> parse(Statement.PAYLOAD_TYPE, STATEMENT.formatted("https://in-toto.io/Statement/v2")))
                .hasMessage(
                        "Could not read the attestation: it holds a statement of the unknown type \"https://in-toto.io/Statement/v2\". Attest again with a current cosign.");
        assertThatThrownBy(() -> parse(Statement.PAYLOAD_TYPE, "{\"predicateType\":\"p\",\"subject\":[]}"))
                .hasMessage("Could not read the attestation: _type is missing. Attest again with a current cosign.");
    }

    @Test
    void isAnInTotoPayload() {
        assertThatThrownBy(() -> parse("text/plain", STATEMENT))
                .hasMessage(
                        "Could not read the attestation: its payload is of type \"text/plain\" instead of \"application/vnd.in-toto+json\". Attest again with a current cosign.");
    }
}
