package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "shop",
                "team-1",
                "0",
                "a--b",
                "123456789012345678901234567890123456789012345678901234567890123"
            })
    void takesWhatKubernetesTakes(String name) {
        assertThat(NamespaceName.is(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-a",
                "a-",
                "A",
                "a.b",
                "a/b",
                "../kube-system",
                "a b",
                "é",
                "a\n",
                "1234567890123456789012345678901234567890123456789012345678901234"
            })
    void refusesWhatItRefuses(String name) {
        assertThat(NamespaceName.is(name)).isFalse();
    }
}
