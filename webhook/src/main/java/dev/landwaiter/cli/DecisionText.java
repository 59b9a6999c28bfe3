package dev.landwaiter.cli;

import dev.landwaiter.admission.Decision;
import dev.landwaiter.app.Colour;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Problem;
import java.util.List;

/** A decision as people read it: a line for each image, then what is wrong and what to know. */
record DecisionText(Colour colour) {
    String lines(Decision decision, List<ImageOutcome> images) {
        StringBuilder text = new StringBuilder();
        for (ImageOutcome image : images) {
            String policies = image.policies().isEmpty() ? "no policy" : String.join(", ", image.policies());
            text.append("  %s  %s  %s  %s%n"
                    .formatted(outcome(image), image.path(), image.reference(), colour.dim("(" + policies + ")")));
        }
        if (decision instanceof Decision.Denied denied) {
            for (Problem problem : denied.problems()) {
                text.append("  %s %s %s%n"
                        .formatted(colour.red("✗"), problem.message(), colour.dim("(" + problem.code() + ")")));
            }
            denied.rest().ifPresent(rest -> text.append("  %s %s%n".formatted(colour.red("✗"), rest)));
        }
        for (String warning : decision.warnings()) {
            text.append("  %s %s%n".formatted(colour.yellow("!"), warning));
        }
        return text.toString();
    }

    private String outcome(ImageOutcome image) {
        String padded = "%-11s".formatted(image.outcome());
        return switch (image.outcome()) {
            case "verified", "static" -> colour.green(padded);
            case "rejected" -> colour.red(padded);
            default -> colour.yellow(padded);
        };
    }
}
