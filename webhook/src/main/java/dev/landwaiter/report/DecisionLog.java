package dev.landwaiter.report;

import dev.landwaiter.admission.AdmissionRequest;
import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.DecisionEvent;
import dev.landwaiter.admission.DecisionListener;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.limit.Cut;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
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

    /** Of what a client or the API server names, in characters: an object's name has 253 at most. */
    private static final int NAME = 256;
    /** What the names of fields take of one item, in characters. */
    private static final int OVERHEAD = 64;
    /** How many of an image's policies are named. */
    private static final int POLICIES = 16;

    private final int room;
    private final boolean proved;

    /** Of decisions that the API server asked for. */
    public DecisionLog(Limits limits) {
        this(limits, true);
    }

    private DecisionLog(Limits limits, boolean proved) {
        this.room = limits.count(Limit.LOG_LINE_CHARACTERS);
        this.proved = proved;
    }

    /** Of decisions that somebody asked for who may be anybody: each line says so. */
    public static DecisionLog ofAnybody(Limits limits) {
        return new DecisionLog(limits, false);
    }

    @Override
    public void decided(DecisionEvent event) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        Decision decision = event.decision();
        LoggingEventBuilder line = LOG.atInfo();
        AdmissionRequest.Summary request = event.request();
        line = line.addKeyValue("uid", shown(request.uid()))
                .addKeyValue("endpoint", event.endpoint().name().toLowerCase(Locale.ROOT))
                .addKeyValue("namespace", shown(request.namespace()))
                .addKeyValue("kind", shown(request.kind()))
                .addKeyValue("name", shown(request.name()))
                .addKeyValue("operation", request.operation())
                .addKeyValue("dryRun", request.dryRun())
                .addKeyValue("user", shown(request.user()))
                .addKeyValue("decision", decision.name());
        if (!proved) {
            line = line.addKeyValue("caller", "unproven");
        }
        if (!decision.code().isEmpty()) {
            line = line.addKeyValue("code", decision.code());
        }
        line = images(line, event.images());
        line = line.addKeyValue("durationMicros", event.duration().toNanos() / 1000);
        line = list(line, "wouldDeny", ImageOutcome.wouldDeny(event.images()), 0, room / 4, DecisionLog::size);
        line = list(line, "warnings", decision.warnings(), 0, room / 4, String::length);
        switch (decision) {
            case Decision.Allowed _ -> {}
            case Decision.Denied denied -> {
                List<String> problems = denied.problems().stream()
                        .map(problem -> Shown.message(problem.message(), room / 4))
                        .toList();
                line = list(line, "problems", problems, denied.more(), room / 4, String::length);
                if (!request.uid().isEmpty()) {
                    line = line.addMarker(DENIAL);
                }
            }
            case Decision.Skipped skipped -> line = line.addKeyValue("why", skipped.why());
        }
        line.log(decision.name());
    }

    private static String shown(String name) {
        return Shown.of(name, NAME);
    }

    /** Each of the four lists has a quarter of the line; of the images, those that something is wrong with come first. */
    private LoggingEventBuilder images(LoggingEventBuilder line, List<ImageOutcome> images) {
        if (images.isEmpty()) {
            return line;
        }
        int room = this.room / 4;
        Cut<ImageOutcome> cut = Cut.toFit(images, room, DecisionLog::size);
        if (cut.more() > 0) {
            List<ImageOutcome> named =
                    images.stream().map(DecisionLog::withFewPolicies).toList();
            List<ImageOutcome> worstFirst = Stream.concat(
                            named.stream().filter(image -> !image.code().isEmpty()),
                            named.stream().filter(image -> image.code().isEmpty()))
                    .toList();
            cut = Cut.toFit(worstFirst, room, DecisionLog::size);
        }
        LoggingEventBuilder with = line.addKeyValue("images", new LoggedImages(cut.kept()));
        return cut.more() == 0 ? with : with.addKeyValue("imagesMore", cut.more());
    }

    private static ImageOutcome withFewPolicies(ImageOutcome image) {
        int more = image.policies().size() - POLICIES;
        if (more <= 0) {
            return image;
        }
        List<String> few = new ArrayList<>(image.policies().subList(0, POLICIES));
        few.add("and %d more".formatted(more));
        return image.with(few);
    }

    private static int size(ImageOutcome image) {
        int size = OVERHEAD
                + image.path().length()
                + image.reference().length()
                + image.pinned().length();
        for (String policy : image.policies()) {
            size += policy.length();
        }
        return size;
    }

    private static int size(ImageOutcome.WouldDeny one) {
        return OVERHEAD
                + one.path().length()
                + one.policy().length()
                + one.message().length();
    }

    private static <T> LoggingEventBuilder list(
            LoggingEventBuilder line, String key, List<T> items, int untold, int room, ToIntFunction<T> size) {
        if (items.isEmpty()) {
            return line;
        }
        Cut<T> cut = Cut.toFit(items, room, size);
        int more = cut.more() + untold;
        LoggingEventBuilder with = line.addKeyValue(key, cut.kept());
        return more == 0 ? with : with.addKeyValue(key + "More", more);
    }

    /** Images as the log tells of them: objects in JSON, a few words for each in text. */
    record LoggedImages(List<ImageOutcome> images) {
        @Override
        public String toString() {
            return images.stream().map(LoggedImages::words).toList().toString();
        }

        private static String words(ImageOutcome image) {
            String code = image.code().isEmpty() ? "" : " " + image.code();
            String unconfirmed = image.unconfirmed().isEmpty() ? "" : " unconfirmed " + image.unconfirmed();
            return "%s=%s %s%s%s".formatted(image.path(), image.pinned(), image.outcome(), code, unconfirmed);
        }
    }
}
