package dev.landwaiter.imagebuild;

import dev.landwaiter.app.Colour;
import dev.landwaiter.demo.DemoRun;
import dev.landwaiter.demo.DemoWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts what is in the finished image once, and asks it all that the demo asks. The JVM has to use its AOT cache: it would otherwise start without
 * one, several times slower, and nobody would know.
 *
 * @param scratch a folder for the unpacked image
 */
record Trial(OciLayout layout, JibImage image, PrintWriter out, Path scratch) {
    void run() throws IOException, InterruptedException {
        Path root = Files.createDirectories(scratch.resolve("root"));
        for (LayerSize layer : image.layers()) {
            long _ = LayerFiles.unpack(layout.blob(layer.digest()), root);
        }
        Optional<Sandbox> sandbox = Sandbox.at(root);
        if (sandbox.isEmpty()) {
            out.println(
                    "Not tried: this machine allows neither root nor user namespaces ('unshare -rm'), so that the image's content could not be "
                            + "started in a root file system of its own. Try the image where it can be run.");
            return;
        }
        Path log = scratch.resolve("trial.log");
        try (DemoWorld world = DemoWorld.start();
                WebhookProcess webhook = WebhookProcess.start(
                        sandbox.get().command(program(), world.folder()), world, Sandbox.GIVEN, log)) {
            StringWriter played = new StringWriter();
            DemoRun run = new DemoRun(world, webhook.listening(), new PrintWriter(played), new Colour(false));
            boolean expected = run.all();
            long resident = webhook.resident();
            webhook.stop();
            if (!expected) {
                throw new BuildFailure("Could not pass the image: it did not answer as expected.%n%s%n%s"
                        .formatted(played, WebhookProcess.tail(log)));
            }
            out.printf(
                    "Tried: started read-only, without /tmp, as %s, with its AOT cache; ready after %d ms, all answers right, %.0f MB resident.%n",
                    sandbox.get().user(), webhook.ready().toMillis(), resident / 1e6);
        }
    }

    private static List<String> program() {
        return List.of(
                "/" + ImagePaths.RUNTIME + "/bin/java",
                "-XX:AOTMode=on",
                "@/" + ImagePaths.OPTIONS + "/webhook.options",
                OptionFiles.MAIN);
    }
}
