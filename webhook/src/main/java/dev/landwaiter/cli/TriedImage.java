package dev.landwaiter.cli;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.check.Problem;
import dev.landwaiter.limit.Deadline;
import java.util.List;

/**
 * An image that was tried, and what its policies and their authorities say.
 *
 * @param reference as it was asked for
 */
record TriedImage(String reference, ImageTrial.Tried tried, List<ImageTrial.Asked> policies) {
    TriedImage {
        policies = List.copyOf(policies);
    }

    /** The status of a denial that trying again may change. */
    private static final int COULD_NOT_CHECK = 503;

    static TriedImage of(String reference, ImageTrial trial, ImageTrial.Pod pod, Deadline deadline) {
        ImageTrial.Tried tried = trial.of(reference, pod, deadline);
        return new TriedImage(reference, tried, trial.asked(tried, pod, deadline));
    }

    Finding finding() {
        return tried.finding();
    }

    /** The reference with its digest; {@code ""} where none was looked up or there is none. */
    String pinned() {
        return finding().pinned().orElse("");
    }

    /** As the webhook would answer. */
    int exit() {
        return exit(tried);
    }

    static int exit(ImageTrial.Tried tried) {
        if (tried.admitted()) {
            return ExitCode.FINE;
        }
        boolean refused = Problem.status(tried.result().problems().getFirst().code()) != COULD_NOT_CHECK;
        return refused ? ExitCode.REFUSED : ExitCode.COULD_NOT_CHECK;
    }
}
