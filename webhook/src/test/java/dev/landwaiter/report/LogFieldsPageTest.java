package dev.landwaiter.report;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Problem;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.Choices.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Holds docs/observability.md to the fields that log lines really have. */
class LogFieldsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "observability.md");
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "landwaiter", "report");
    private static final Pattern ROW = Pattern.compile("\\| `([a-zA-Z]+(?:\\[]\\.[a-zA-Z]+)?)` \\| .+ \\|");
    private static final Pattern FIELD =
            Pattern.compile("(?:addKeyValue\\(|list\\(line, |writeStringField\\(|new SerializedString\\()\"(\\w+)\"");

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    @Test
    void thePageHasEachFieldAndNoOther() throws IOException {
        SortedSet<String> told = new TreeSet<>();
        boolean log = false;
        for (String line : Files.readAllLines(PAGE)) {
            log = line.startsWith("## ") ? line.equals("## The log") : log;
            Matcher row = ROW.matcher(line);
            if (log && row.matches()) {
                told.add(row.group(1));
            }
        }

        assertThat(told).isEqualTo(written());
    }

    @Test
    void eachFieldThatTheSourcesNameWasSeen() throws IOException {
        List<String> named = new ArrayList<>();
        for (String file : List.of("DecisionLog.java", "JsonLineEncoder.java")) {
            FIELD.matcher(Files.readString(SOURCES.resolve(file)))
                    .results()
                    .forEach(found -> named.add(found.group(1)));
        }

        assertThat(named)
                .hasSizeGreaterThan(20)
                .allSatisfy(field ->
                        assertThat(written()).anyMatch(path -> path.equals(field) || path.endsWith("[]." + field)));
    }

    /** The paths of all fields of lines that between them have every one. */
    private SortedSet<String> written() throws IOException {
        Logger logger = context.getLogger("decision");
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.setContext(context);
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            decide();
            logger.error("failed", new IllegalStateException("a bug"));
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
        Encoder<ILoggingEvent> encoder = Logs.encoder(context, LogFormat.JSON);
        SortedSet<String> paths = new TreeSet<>();
        for (ILoggingEvent event : lines.list) {
            gather(new JsonMapper().readTree(encoder.encode(event)), "", paths);
        }
        return paths;
    }

    private static void decide() {
        ImageOutcome.WouldDeny would = new ImageOutcome.WouldDeny("p", "next", "audit", "STATIC_FAIL", "m".repeat(500));
        ImageOutcome image = new ImageOutcome(
                "spec.containers[0].image",
                "a:1",
                "a:1@sha256:00",
                "rejected",
                List.of("signed"),
                "STATIC_FAIL",
                "REGISTRY_UNREACHABLE",
                Collections.nCopies(100, would));
        ImageOutcome[] images = Collections.nCopies(250, image).toArray(ImageOutcome[]::new);
        DecisionLog log = new DecisionLog(Limits.defaults());
        log.decided(DecisionLogTest.event(
                new Decision.Denied(
                        403,
                        List.of(new Problem("p", Code.STATIC_FAIL, "why")),
                        1,
                        Collections.nCopies(100, "w".repeat(500))),
                images));
        log.decided(DecisionLogTest.event(Endpoint.VALIDATE, new Decision.Skipped("nothing comes in by DELETE")));
        DecisionLog.ofAnybody(Limits.defaults()).decided(DecisionLogTest.event(DecisionLogTest.ALLOWED));
    }

    private static void gather(JsonNode node, String prefix, SortedSet<String> paths) {
        node.properties().forEach(field -> {
            paths.add(prefix + field.getKey());
            for (JsonNode item : field.getValue()) {
                gather(item, field.getKey() + "[].", paths);
            }
        });
    }
}
