package dev.landwaiter.cli;

import dev.landwaiter.check.ImageTrial;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of the verbs that have images and no Pod: what the Pod would be. */
final class PodOptions {
    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "that a Pod with the image would be in (default: ${DEFAULT-VALUE})")
    private String namespace = "default";

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "a label that it would have, for policies with match; may be given several times")
    private Map<String, String> labels = Map.of();

    ImageTrial.Pod pod() {
        return new ImageTrial.Pod(namespace, labels);
    }
}
