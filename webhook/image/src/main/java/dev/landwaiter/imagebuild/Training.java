package dev.landwaiter.imagebuild;

import dev.landwaiter.app.Colour;
import dev.landwaiter.demo.DemoRun;
import dev.landwaiter.demo.DemoWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the AOT cache: the webhook of the image's root file system, with its very runtime and jars, does for a while what a webhook does, and what the
 * JVM learned by that is written down.
 *
 * @param load how long the scenes are repeated
 * @param scratch a folder for what comes in between
 */
record Training(ImageRoot root, OptionFiles options, List<String> jars, Duration load, Path scratch) {
    private static final Duration TO_WRITE = Duration.ofMinutes(5);

    Training {
        jars = List.copyOf(jars);
    }

    void run() throws IOException, InterruptedException {
        Path configuration = scratch.resolve("training.aotconf");
        Path log = scratch.resolve("training.log");
        List<String> recording =
                java(List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration, "-Xlog:aot*=off,cds*=off"));
        try (DemoWorld world = DemoWorld.start();
                WebhookProcess webhook = WebhookProcess.start(recording, world, world.folder(), log)) {
            StringWriter played = new StringWriter();
            DemoRun run = new DemoRun(world, webhook.listening(), new PrintWriter(played), new Colour(false));
            if (!run.all()) {
                throw new BuildFailure(
                        "Could not train the image's JVM: the webhook did not answer as expected.%n%s%n%s"
                                .formatted(played, WebhookProcess.tail(log)));
            }
            int _ = run.repeat(load);
            webhook.stop();
        }
        create(configuration, log);
        Files.setLastModifiedTime(root.at(ImagePaths.CACHE), ImageRoot.TIME);
    }

    private void create(Path configuration, Path log) throws IOException, InterruptedException {
        Path cache = root.at(ImagePaths.CACHE);
        List<String> command = java(List.of(
                "-XX:AOTMode=create",
                "-XX:AOTConfiguration=" + configuration,
                "-XX:AOTCache=" + cache,
                "-Xlog:aot*=error,cds*=error"));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        Process process = builder.start();
        boolean ended = process.waitFor(TO_WRITE.toSeconds(), TimeUnit.SECONDS);
        if (!ended || process.exitValue() != 0 || !Files.isRegularFile(cache)) {
            Process _ = process.destroyForcibly();
            throw new BuildFailure(
                    "Could not write the AOT cache. The JVM said:%n%s".formatted(WebhookProcess.tail(log)));
        }
    }

    /** The image's own command, in its root file system as it lies here. */
    private List<String> java(List<String> more) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(root.at(ImagePaths.RUNTIME + "/bin/java").toString());
        words.addAll(options.options("webhook"));
        words.addAll(OptionFiles.surroundings(root.folder() + "/", jars));
        words.addAll(more);
        words.add(OptionFiles.MAIN);
        return words;
    }
}
