package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFilesTest {
    @TempDir
    private Path folder;

    private PolicyFolder open(String yaml) throws IOException {
        Path _ = Files.writeString(folder.resolve("a.yaml"), yaml);
        return PolicyFolder.open(folder, new PolicyReader(), Limits.defaults());
    }

    private ImagePolicy policy(String yaml) throws IOException {
        return open(yaml).current().policies().getFirst();
    }

    @Tag("attack-66")
    @Test
    void anAliasProtectsWhatItsAnchorSays() throws IOException {
        ImagePolicy policy = policy("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata:
                  name: acme
                  annotations: {images: &acme "ghcr.io/acme/**"}
                spec:
                  images:
                    - glob: *acme
                  authorities:
                    - static: {action: fail}
                """);

        assertThat(policy.problem()).isNull();
        assertThat(policy.images()).containsExactly(new ImageGlob("ghcr.io/acme/**"));
    }

    @Tag("attack-66")
    @Test
    void aMergeKeyAddsTheFieldsThatItMerges() throws IOException {
        ImagePolicy policy = policy("""
                apiVersion: v1
                kind: List
                items:
                  - &base
                    apiVersion: landwaiter.dev/v1alpha1
                    kind: ClusterImagePolicy
                    metadata: {name: one}
                    spec: &spec
                      mode: warn
                      images: [{glob: "ghcr.io/acme/**"}]
                      authorities: [{static: {action: fail}}]
                  - <<: *base
                    metadata: {name: two}
                    spec:
                      <<: *spec
                      images: [{glob: "quay.io/acme/**"}]
                """);

        assertThat(policy.title()).isEqualTo("ClusterImagePolicy \"one\"");
        assertThat(open(Files.readString(folder.resolve("a.yaml"))).current().policies())
                .extracting(one -> one.title() + " " + one.mode() + " "
                        + one.images().getFirst().text())
                .containsExactly(
                        "ClusterImagePolicy \"one\" WARN ghcr.io/acme/**",
                        "ClusterImagePolicy \"two\" WARN quay.io/acme/**");
    }

    @Tag("attack-66")
    @Test
    void anAliasThatStandsForNothingIsRefused() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> open("""
                        apiVersion: landwaiter.dev/v1alpha1
                        kind: ClusterImagePolicy
                        metadata: {name: acme}
                        spec:
                          images:
                            - glob: *acme
                          authorities:
                            - static: {action: fail}
                        """))
                .withMessage("""
                        Could not load policies of folder "%s":
                          - %s: not well-formed at line 6, column 13 (the alias *acme stands for nothing: write &acme where its value is, above, or put a text that begins with a star in quotes)
                        Fix them; nothing of the folder was taken.""", folder, folder.resolve("a.yaml"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.POLICY_BROKEN));
    }

    /** YAML's libraries have limits of their own, of three million characters. */
    @Test
    void aFileMayBeAsLongAsItsLimitSays() throws IOException {
        String policy = """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata: {name: acme, annotations: {text: "%s"}}
                spec: {images: [{glob: "**"}], authorities: [{static: {action: fail}}]}
                """;
        int most = Limits.defaults().count(Limit.POLICY_FILE_BYTES);
        String longest = policy.formatted("x".repeat(most - policy.formatted("").length()));

        assertThat(policy(longest).title()).isEqualTo("ClusterImagePolicy \"acme\"");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> open(longest + "#"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.LIMIT_EXCEEDED));
    }

    @Test
    void jsonIsReadAsJson() throws IOException {
        Path _ = Files.writeString(folder.resolve("a.json"), """
                {
                \t"apiVersion": "landwaiter.dev/v1alpha1", "kind": "ClusterImagePolicy",
                \t"metadata": {"name": "acme", "annotations": {"a": "\\ud83d\\ude00 \\/ @"}},
                \t"spec": {"images": [{"glob": "**"}], "authorities": [{"static": {"action": "fail"}}]}
                }
                """.replace('@', '\u2028'));
        List<String> problems = new ArrayList<>();

        List<PolicyFiles.Entry> entries =
                PolicyFiles.read(folder, Limits.defaults()).entries(problems);

        assertThat(problems).isEmpty();
        assertThat(entries)
                .singleElement()
                .satisfies(entry -> assertThat(
                                entry.object().at("/metadata/annotations/a").textValue())
                        .isEqualTo("\ud83d\ude00 / \u2028"));
    }
}
