package dev.landwaiter.report;

import dev.landwaiter.admission.AdmissionRequest;
import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.DecisionEvent;
import dev.landwaiter.admission.DecisionListener;
import dev.landwaiter.admission.ImageOutcome;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for each decision, with all that a person asks later: who, what, why, how long. No bodies, no secrets. */
public final class DecisionLog implements DecisionListener {
    /** On what must not be lost even where lines come faster than they can be written. */
    static final Marker DENIAL = MarkerFactory.getMarker("denial");

    private static final Logger LOG = LoggerFactory.getLogger("decision");

    @Override
    public void decided(DecisionEvent event) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        Decision decision = event.decision();
        LoggingEventBuilder line = LOG.atInfo();
        AdmissionRequest.Summary request = event.request();
        line = line.addKeyValue("uid", request.uid())
                .addKeyValue("endpoint", event.endpoint().name().toLowerCase(Locale.ROOT))
                .addKeyValue("namespace", request.namespace())
                .addKeyValue("kind", request.kind())
                .addKeyValue("name", request.name())
                .addKeyValue("operation", request.operation())
                .addKeyValue("dryRun", request.dryRun())
                .addKeyValue("user", request.user())
                .addKeyValue("decision", decision.name());
        if (!decision.code().isEmpty()) {
            line = line.addKeyValue("code", decision.code());
        }
        if (!event.images().isEmpty()) {
            line = line.addKeyValue("images", new LoggedImages(event.images()));
        }
        line = line.addKeyValue("durationMicros", event.duration().toNanos() / 1000);
        switch (decision) {
            case Decision.Allowed allowed -> {
                if (!allowed.warnings().isEmpty()) {
                    line = line.addKeyValue("warnings", allowed.warnings());
                }
            }
            case Decision.Denied denied -> {
                List<String> problems = denied.problems().stream()
                        .map(problem -> problem.message())
                        .toList();
                line = line.addMarker(DENIAL).addKeyValue("problems", problems);
            }
            case Decision.Skipped skipped -> line = line.addKeyValue("why", skipped.why());
        }
        line.log(decision.name());
    }

    /** Images as the log tells of them: objects in JSON, a few words for each in text. */
    record LoggedImages(List<ImageOutcome> images) {
        @Override
        public String toString() {
            return images.stream().map(LoggedImages::words).toList().toString();
        }

        private static String words(ImageOutcome image) {
            String code = image.code().isEmpty() ? "" : " " + image.code();
            return "%s=%s %s%s".formatted(image.path(), image.pinned(), image.outcome(), code);
        }
    }
}
