package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    @TempDir
    private Path temporary;

    private PolicyFolder folder;
    private FolderWatch watch;

    @BeforeEach
    void open() throws IOException {
        write("a.yaml", policy("first"));
        folder = PolicyFolder.open(temporary, new PolicyReader(), Limits.defaults());
        // looked at by hand
        watch = new FolderWatch(folder, Duration.ofDays(1));
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void write(String name, String content) throws IOException {
        Path _ = Files.writeString(temporary.resolve(name), content);
    }

    private static String policy(String name) {
        return """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata: {name: %s}
                spec:
                  images: [{glob: "**"}]
                  authorities: [{static: {action: fail}}]
                """.formatted(name);
    }

    private void look() {
        watch.look();
        watch.look();
    }

    private void assertInForce(String... names) {
        assertThat(folder.current().policies()).extracting(ImagePolicy::name).containsExactlyInAnyOrder(names);
    }

    @Test
    void aChangeIsTaken() throws IOException {
        write("b.yaml", policy("second"));
        look();

        assertInForce("first", "second");
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void whatIsNotBase64IsAMistakeInTheFilesAndEndsNothing() throws IOException {
        write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: keys}\nbinaryData: {key: 'no base64!'}\n");
        look();

        assertThat(watch.problem()).get().asString().contains("binaryData.key is not base64", "b.yaml, document 1");
        assertInForce("first");

        write("b.yaml", policy("second"));
        look();

        assertThat(watch.problem()).isEmpty();
        assertInForce("first", "second");
    }

    @Test
    void whatIsTakenBackIsNoProblemAnyMore() throws IOException {
        write("b.yaml", "kind: Nonsense\n");
        look();
        assertThat(watch.problem()).isPresent();
        assertThat(folder.problem()).isPresent();

        Files.delete(temporary.resolve("b.yaml"));
        look();

        assertThat(watch.problem()).isEmpty();
        assertThat(folder.problem()).isEmpty();
    }

    @Test
    void aFolderThatIsGoneIsToldAndFoundAgain() throws IOException {
        Path moved = temporary.resolveSibling(temporary.getFileName() + "-moved");
        Files.move(temporary, moved);
        look();
        assertThat(watch.problem()).get().asString().contains("there is no such folder");
        assertInForce("first");

        Files.move(moved, temporary);
        look();
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void whatCouldNotBeReadAgainForATrustRootIsTriedUntilItCan() throws IOException {
        write("a.yaml", "kind: Nonsense\n");
        folder.readAgain();
        assertThat(watch.problem()).isPresent();

        write("a.yaml", policy("first"));
        look();

        assertThat(watch.problem()).isEmpty();
        assertInForce("first");
    }
}
