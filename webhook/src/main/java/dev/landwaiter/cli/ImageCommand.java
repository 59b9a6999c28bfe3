package dev.landwaiter.cli;

import dev.landwaiter.app.Engine;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A verb that looks one image up and shows something of it. */
abstract class ImageCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "the image's reference")
    private String image = "";

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    ImageCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings settings = SettingOptions.read(spec, surroundings.environment());
        ImageReference reference = ImageReference.parse(image, settings.get(SettingRows.LIMIT));
        try (Engine engine = Engine.offline(settings, surroundings)) {
            Deadline deadline = lookup.deadline();
            PrintedResult shown = show(engine, reference, engine.resolve(reference, deadline), deadline);
            lookup.print(surroundings, shown.json(), shown::text);
            return ExitCode.FINE;
        }
    }

    /** What to print of {@code resolved}. */
    abstract PrintedResult show(Engine engine, ImageReference reference, Image resolved, Deadline deadline);
}
