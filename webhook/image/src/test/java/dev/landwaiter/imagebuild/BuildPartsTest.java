package dev.landwaiter.imagebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildPartsTest {
    private static final OptionFiles OPTIONS = new OptionFiles(Path.of("..", "src", "main", "options"));

    @TempDir
    private Path folder;

    @Test
    void anOptionFileOfTheImageIsTheLaunchersAndWhatOnlyTheImageKnows() throws IOException {
        String source = Files.readString(OPTIONS.folder().resolve("webhook.options"));

        assertThat(OPTIONS.inImage("webhook", List.of("b.jar", "a.jar"), true))
                .startsWith(source)
                .contains("\n-cp\n/app/landwaiter.jar:/app/lib/a.jar:/app/lib/b.jar\n")
                .contains("\n-Djava.library.path=/app/natives\n")
                .endsWith("\n-XX:AOTCache=/app/landwaiter.aot\n");
        assertThat(OPTIONS.inImage("webhook", List.of(), false)).doesNotContain("AOTCache");
        assertThat(OPTIONS.modes()).contains("webhook", "cli");
    }

    @Test
    void coordinatesAreReadFromMavensList() throws IOException {
        Path list = Files.writeString(folder.resolve("dependencies.txt"), """

                The following files have been resolved:
                   com.google.guava:guava:jar:33.7.2-jre:compile -- module com.google.common
                   io.netty:netty-tcnative-boringssl-static:jar:linux-x86_64:2.0.84.Final:compile -- module x (auto)
                   org.slf4j:slf4j-api:jar:2.0.18:runtime
                """);

        assertThat(Coordinates.read(list))
                .containsOnlyKeys(
                        "guava-33.7.2-jre.jar",
                        "netty-tcnative-boringssl-static-2.0.84.Final-linux-x86_64.jar",
                        "slf4j-api-2.0.18.jar")
                .extractingByKey("netty-tcnative-boringssl-static-2.0.84.Final-linux-x86_64.jar")
                .extracting(Coordinates::url)
                .isEqualTo(
                        "pkg:maven/io.netty/netty-tcnative-boringssl-static@2.0.84.Final?classifier=linux-x86_64&type=jar");
    }

    @Test
    void anImageThatIsTooLargeIsRefused() {
        List<LayerSize> layers = List.of(
                new LayerSize(Layer.BASE, "sha256:a", 40_000_000, 80_000_000),
                new LayerSize(Layer.CACHE, "sha256:b", 31_000_000, 90_000_000));

        assertThatThrownBy(() -> LayerSize.require(layers, 70_000_000))
                .isInstanceOf(BuildFailure.class)
                .hasMessageStartingWith(
                        "Could not keep the image small: it has 71.0 MB compressed, and may have 70.0 MB.");
        assertThat(LayerSize.table(layers))
                .contains("base           40.0 MB    80.0 MB  the C library")
                .contains("together       71.0 MB   170.0 MB");
    }

    @Test
    void platformsAreNamedAsOciDoes() {
        assertThat(Target.parse("linux/arm64")).isEqualTo(Target.ARM64);
        assertThatThrownBy(() -> Target.parse("linux/s390x"))
                .isInstanceOf(BuildFailure.class)
                .hasMessage("Could not build for \"linux/s390x\": images are built for linux/amd64, linux/arm64.");
    }
}
