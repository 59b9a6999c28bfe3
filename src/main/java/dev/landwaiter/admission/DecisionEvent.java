package dev.landwaiter.admission;

import dev.landwaiter.check.ImageOutcome;
import java.time.Duration;
import java.util.List;

/** One decision, for those who listen. */
public record DecisionEvent(
        AdmissionRequest.Summary request,
        Endpoint endpoint,
        Decision decision,
        List<ImageOutcome> images,
        Duration duration) {
    public DecisionEvent {
        images = List.copyOf(images);
    }
}
