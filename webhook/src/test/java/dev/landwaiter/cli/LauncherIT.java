package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./landwaiter} in a clone of its own, with a Maven and a JDK that only say what they were asked. */
@Timeout(60)
class LauncherIT {
    @TempDir
    private Path clone;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Path.of("..", "landwaiter"), clone.resolve("landwaiter"));
        Path options = Files.createDirectories(clone.resolve("webhook/src/main/options"));
        for (String mode : List.of("webhook", "cli")) {
            Files.copy(Path.of("src/main/options", mode + ".options"), options.resolve(mode + ".options"));
        }
        write("pom.xml", "");
        for (String module : List.of("src", "certs", "webhook", "webhook/demo", "webhook/image")) {
            write(module + "/pom.xml", "");
            write(module + "/src/main/A.java", "");
        }
        write("src/main/A.java", "");
        write("src/test/java/dev/landwaiter/testregistry/A.java", "");
        write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
        script("jdk/bin/java", "printf '%s\\n' \"$@\"; [ ! -p \"$WAIT\" ] || read -r _ <\"$WAIT\"");
        script("bin/mvn", """
                mkdir -p webhook/target/app/lib webhook/demo/target/app/lib
                echo jar >webhook/target/landwaiter-webhook-1.jar; echo lib >webhook/target/app/lib/a.jar; echo >webhook/target/app/dependencies.txt
                echo jar >webhook/demo/target/landwaiter-demo-1.jar; echo lib >webhook/demo/target/app/lib/registry.jar
                mkdir -p webhook/image/target/app/lib
                echo jar >webhook/image/target/landwaiter-image-1.jar; echo lib >webhook/image/target/app/lib/jib.jar
                echo "$@" >>builds""");
    }

    @Test
    void theDemoAloneIsStartedWithTheTestsRegistryAndAuthorities() throws Exception {
        for (List<String> words :
                List.of(run(Map.of(), "demo", "--once"), run(Map.of("LANDWAITER_MODE", "demo"), "--once"))) {
            assertThat(words).endsWith("dev.landwaiter.demo.DemoMain", "--once");
            assertThat(classPath(words)).endsWith("/demo/*");
        }
        assertThat(run(Map.of(), "help", "demo")).endsWith("dev.landwaiter.demo.DemoMain", "--help");
        for (List<String> words : List.of(
                run(Map.of(), "webhook"),
                run(Map.of(), "plan", "-f", "demo"),
                run(Map.of("LANDWAITER_MODE", "demo"), "resolve", "demo"),
                run(Map.of(), "--help"))) {
            assertThat(words).contains("dev.landwaiter.cli.Main");
            assertThat(classPath(words)).endsWith("/landwaiter.jar:" + folder(classPath(words)) + "/lib/*");
        }
        try (Stream<Path> shared = Files.list(clone.resolve("webhook/target/run/current/lib"))) {
            assertThat(shared).extracting(Path::getFileName).containsExactly(Path.of("a.jar"));
        }
    }

    @Test
    void theImageIsBuiltByAProgramOfItsOwnWhichNothingElseIsStartedWith() throws Exception {
        List<String> plan = run(Map.of(), "plan");
        assertThat(Files.readString(clone.resolve("builds"))).doesNotContain("webhook/image");

        for (List<String> words : List.of(
                run(Map.of(), "image", "--tar", "a.tar"), run(Map.of("LANDWAITER_MODE", "image"), "--tar", "a.tar"))) {
            assertThat(words).endsWith("dev.landwaiter.imagebuild.ImageMain", "--tar", "a.tar");
            assertThat(classPath(words)).endsWith("/image/*").doesNotContain("/lib/*");
        }
        assertThat(Files.readAllLines(clone.resolve("builds")))
                .as("once for the program, once for what builds its image")
                .hasSize(2);
        assertThat(run(Map.of(), "help", "image")).endsWith("dev.landwaiter.imagebuild.ImageMain", "--help");
        assertThat(run(Map.of(), "plan")).isEqualTo(plan);
    }

    private static String classPath(List<String> words) {
        return words.get(words.indexOf("-cp") + 1);
    }

    private static String folder(String classPath) {
        return classPath.substring(0, classPath.indexOf("/landwaiter.jar:"));
    }

    @Test
    void theWebhookIsStartedAsOneHoweverItIsAskedFor() throws Exception {
        assertThat(run(Map.of(), "webhook", "--listen", "x:1")).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(run(Map.of(), "--listen", "x:1")).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(run(Map.of("LANDWAITER_MODE", "webhook"))).contains("-XX:+ExitOnOutOfMemoryError");
    }

    @Test
    void whatOnlyNamesTheWebhookIsNotOne() throws Exception {
        for (List<String> words : List.of(
                run(Map.of(), "help", "webhook"), run(Map.of("LANDWAITER_MODE", "webhook"), "plan", "-f", "webhook"))) {
            assertThat(words).contains("-XX:TieredStopAtLevel=1").doesNotContain("-XX:+ExitOnOutOfMemoryError");
        }
    }

    @Test
    void argumentsArePassedOnAsTheyAre() throws Exception {
        assertThat(run(Map.of(), "plan", "-f", "a file.yaml"))
                .endsWith("dev.landwaiter.cli.Main", "plan", "-f", "a file.yaml");
    }

    @Test
    void aBuildLeavesTheJarsOfAWebhookThatRuns() throws Exception {
        Path wait = clone.resolve("wait");
        assertThat(new ProcessBuilder("mkfifo", wait.toString()).start().waitFor())
                .isZero();
        Process running = start(Map.of("WAIT", wait.toString()), List.of("webhook"));
        try {
            String classPath;
            try (var reader = running.inputReader(StandardCharsets.UTF_8)) {
                classPath = reader.lines()
                        .filter(word -> word.contains("/landwaiter.jar:"))
                        .findFirst()
                        .orElseThrow();
                Path jar = Path.of(classPath.substring(0, classPath.indexOf(':')));

                changeSources();
                List<String> _ = run(Map.of(), "plan");
                changeSources();
                List<String> _ = run(Map.of(), "plan");

                assertThat(jar).exists();
                assertThat(jar.resolveSibling("lib/a.jar")).exists();
                assertThat(builds()).as("the one that runs and the newest").hasSize(2);
            }
        } finally {
            Files.writeString(wait, "\n");
            assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        changeSources();
        List<String> _ = run(Map.of(), "plan");
        assertThat(builds()).as("the newest").hasSize(1);
    }

    private List<Path> builds() throws IOException {
        try (Stream<Path> all = Files.list(clone.resolve("webhook/target/run"))) {
            return all.filter(path -> path.getFileName().toString().startsWith("build."))
                    .toList();
        }
    }

    /** A moment after the last build, as far as the file system's clock can tell. */
    private void changeSources() throws IOException {
        Files.setLastModifiedTime(
                clone.resolve("src/main/A.java"), FileTime.from(Instant.now().plusSeconds(1)));
        for (Path build : builds()) {
            Files.setLastModifiedTime(
                    build.resolve("built"), FileTime.from(Instant.now().minusSeconds(60)));
        }
    }

    private List<String> run(Map<String, String> environment, String... arguments) throws Exception {
        Process process = start(environment, List.of(arguments));
        List<String> words = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).isZero();
        return words;
    }

    private Process start(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("bash", clone.resolve("landwaiter").toString()));
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("LANDWAITER_"));
        builder.environment().put("JAVA_HOME", clone.resolve("jdk").toString());
        builder.environment().put("PATH", clone.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("WAIT", "");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void write(String name, String content) throws IOException {
        Path file = clone.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void script(String name, String body) throws IOException {
        write(name, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(clone.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
