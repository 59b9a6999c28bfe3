package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyLintIT {
    private static final String POLICY = """
            apiVersion: landwaiter.dev/v1alpha1
            kind: ClusterImagePolicy
            metadata: {name: forbidden}
            spec:
              images: [{glob: "%s"}]
              authorities: [{static: {action: %s}}]
            """;

    @TempDir
    private Path folder;

    private Ran lint(String policy, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), policy);
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"policy", "lint", "-f", file.toString()}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return Ran.with(Map.of(), args);
    }

    @Test
    void aMistakeIsToldWithItsPlaceAndWhatToWriteInstead() throws IOException {
        Ran ran = lint(POLICY.formatted("nginx", "fail"));

        assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).isEqualTo("""
                %s, document 1: ClusterImagePolicy "forbidden"
                  error    spec.images[0].glob  glob-never-matches
                           "nginx" matches no image: globs match the whole of registry/repository, without tag or digest, and Docker Hub's nginx is docker.io/library/nginx.
                           write: glob: "docker.io/library/nginx"

                1 error, 0 warnings, 0 hints.
                """.formatted(folder.resolve("a.yaml")));
    }

    @Test
    void aWarningFailsOnlyWhereAskedTo() throws IOException {
        String wide = POLICY.formatted("ghcr.io/**", "pass");

        assertThat(lint(wide).exit()).isEqualTo(ExitCode.FINE);
        assertThat(lint(wide, "--strict").exit()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void nothingIsFoundInAGoodPolicy() throws IOException {
        Ran ran = lint(POLICY.formatted("ghcr.io/evil/**", "fail"), "--strict");

        assertThat(ran).isEqualTo(new Ran(ExitCode.FINE, "0 errors, 0 warnings, 0 hints.\n", ""));
    }

    @Test
    void programsReadTheSame() throws IOException {
        Ran ran = lint(POLICY.formatted("nginx", "fail"), "-o", "json");

        assertThat(ran.json().path("errors").asInt()).isEqualTo(1);
        assertThat(ran.json().at("/findings/0/code").asText()).isEqualTo("glob-never-matches");
        assertThat(ran.json().at("/findings/0/path").asText()).isEqualTo("spec.images[0].glob");
        assertThat(ran.json().at("/findings/0/severity").asText()).isEqualTo("error");
        assertThat(ran.json().at("/findings/0/instead").asText()).isEqualTo("glob: \"docker.io/library/nginx\"");
    }

    @Test
    void aFolderThatIsNotThereIsTold() {
        Ran.with(Map.of(), "policy", "lint", "-f", "/no/such")
                .failed(
                        ExitCode.USAGE,
                        "Could not read policies of folder \"/no/such\": there is no such folder. Check that it is there and readable. (FILE_UNREADABLE)");
    }
}
