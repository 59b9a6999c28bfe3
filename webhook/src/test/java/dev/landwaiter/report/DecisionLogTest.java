package dev.landwaiter.report;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import dev.landwaiter.admission.AdmissionRequest;
import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.DecisionEvent;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Problem;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.report.BoundedAppender.Kind;
import dev.landwaiter.settings.Choices.LogFormat;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class DecisionLogTest {
    private final List<ILoggingEvent> events = new ArrayList<>();
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger logger = context.getLogger("decision");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    @BeforeEach
    void listen() {
        appender.setContext(context);
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
    }

    static DecisionEvent event(Decision decision, ImageOutcome... images) {
        return event(Endpoint.MUTATE, decision, images);
    }

    static DecisionEvent event(Endpoint endpoint, Decision decision, ImageOutcome... images) {
        return new DecisionEvent(
                new AdmissionRequest.Summary("u-1", "shop", "Pod", "api-*", "CREATE", true, "jane", false),
                endpoint,
                decision,
                List.of(images),
                Duration.ofNanos(1_234_567));
    }

    /** For less than ten thousand lines, and for a thousand that must not be lost beside the others; in bytes. */
    private static final int ROOM = 2 << 20;

    static final Decision ALLOWED = new Decision.Allowed(JsonPatch.EMPTY, List.of());
    static final Decision DENIED = new Decision.Denied(
            403,
            List.of(new Problem(
                    "spec.containers[0].image", Code.SIGNATURE_MISSING, "Could not admit \"a\": why. Next.")),
            0,
            List.of());

    @Test
    void anAllowedObjectIsOneLineOfJson() {
        new DecisionLog(Limits.defaults())
                .decided(event(
                        ALLOWED,
                        new ImageOutcome(
                                "spec.containers[0].image",
                                "ghcr.io/a:1",
                                "ghcr.io/a:1@sha256:00",
                                "verified",
                                List.of("signed"),
                                "",
                                List.of(new ImageOutcome.WouldDeny(
                                        "spec.containers[0].image",
                                        "next",
                                        "audit",
                                        "SIGNATURE_INVALID",
                                        "signed by \"eve\". Sign it.")))));

        assertThat(line(LogFormat.JSON))
                .matches("\\{\"time\":\"[0-9T:.-]+Z\",.*\\}\n")
                .contains(
                        "\"level\":\"INFO\",\"logger\":\"decision\",\"message\":\"allowed\",\"uid\":\"u-1\",\"endpoint\":\"mutate\",\"namespace\":\"shop\",\"kind\":\"Pod\",\"name\":\"api-*\",\"operation\":\"CREATE\",\"dryRun\":true,\"user\":\"jane\",\"decision\":\"allowed\",\"images\":[{\"path\":\"spec.containers[0].image\",\"reference\":\"ghcr.io/a:1\",\"pinned\":\"ghcr.io/a:1@sha256:00\",\"outcome\":\"verified\",\"policies\":[\"signed\"]}],\"durationMicros\":1234,\"wouldDeny\":[{\"path\":\"spec.containers[0].image\",\"policy\":\"next\",\"mode\":\"audit\",\"code\":\"SIGNATURE_INVALID\",\"message\":\"signed by \\\"eve\\\". Sign it.\"}]}");
    }

    @Test
    void anImageWhoseTagCouldNotBeConfirmedSaysWhy() {
        ImageOutcome image = new ImageOutcome(
                "spec.containers[0].image",
                "a:1",
                "a:1@sha256:00",
                "verified",
                List.of(),
                "",
                "REGISTRY_UNREACHABLE",
                List.of());
        new DecisionLog(Limits.defaults()).decided(event(ALLOWED, image));

        assertThat(line(LogFormat.JSON))
                .contains("\"outcome\":\"verified\",\"unconfirmed\":\"REGISTRY_UNREACHABLE\"}]");
        assertThat(line(LogFormat.TEXT))
                .contains("spec.containers[0].image=a:1@sha256:00 verified unconfirmed REGISTRY_UNREACHABLE");
    }

    @Test
    void aDenialSaysWhy() {
        new DecisionLog(Limits.defaults()).decided(event(DENIED));

        assertThat(line(LogFormat.JSON))
                .contains(
                        "\"decision\":\"denied\",\"code\":\"SIGNATURE_MISSING\",\"durationMicros\":1234,\"problems\":[\"Could not admit \\\"a\\\": why. Next.\"]}");
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: a log line is bounded whatever the object and its policies are, and says what was cut")
    void aLineIsBounded() {
        List<String> policies = new ArrayList<>();
        List<ImageOutcome.WouldDeny> wouldDeny = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            policies.add("shop/policy-with-a-name-of-some-length-" + i);
            wouldDeny.add(new ImageOutcome.WouldDeny(
                    "spec.containers[0].image", policies.getLast(), "audit", "STATIC_FAIL", "m".repeat(1000)));
        }
        ImageOutcome[] images = new ImageOutcome[250];
        for (int i = 0; i < images.length; i++) {
            String path = "spec.containers[%d].image".formatted(i);
            images[i] = new ImageOutcome(
                    path, "ghcr.io/a:" + i, "ghcr.io/a:" + i, "rejected", policies, i == 200 ? "X" : "", wouldDeny);
        }
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            problems.add(new Problem("spec.containers[0].image", Code.STATIC_FAIL, "p".repeat(2048)));
        }

        new DecisionLog(Limits.defaults())
                .decided(event(
                        new Decision.Denied(403, problems, 74_968, Collections.nCopies(16, "w".repeat(2048))), images));

        String line = line(LogFormat.JSON);
        assertThat(line.length()).isBetween(8_000, 20_000);
        assertThat(line)
                .contains("\"path\":\"spec.containers[200].image\"", "\"and 284 more\"")
                .containsPattern("\"imagesMore\":2[0-9]{2},")
                .containsPattern("\"wouldDenyMore\":7499[0-9],")
                .contains("\"warningsMore\":15,", "\"problemsMore\":74999}");
        assertThat(line(LogFormat.TEXT).length()).isLessThan(20_000);
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: what a client wrote makes no line of its own, and nothing that a terminal obeys")
    void whatAClientWroteIsShownEscaped() {
        DecisionEvent event = new DecisionEvent(
                new AdmissionRequest.Summary(
                        "u-1",
                        "shop",
                        "Pod",
                        "a\n12:00:00.000 INFO  decision: allowed",
                        "CREATE",
                        false,
                        "j\u202ee\ud83d",
                        false),
                Endpoint.MUTATE,
                ALLOWED,
                List.of(),
                Duration.ZERO);

        new DecisionLog(Limits.defaults()).decided(event);

        assertThat(line(LogFormat.TEXT)).containsOnlyOnce("\n").contains("user=j\\u202ee\\ud83d");
        assertThat(line(LogFormat.JSON)).matches("[\\x20-\\x7e]+\n");
        logger.info("anybody's \u202e \ud83d words");
        assertThat(line(LogFormat.JSON)).matches("[\\x20-\\x7e]+\n").containsIgnoringCase("\\u202e \\ud83d words");
    }

    @Test
    void whatCouldNotBeReadIsOneLineThatMayBeDropped() {
        new DecisionLog(Limits.defaults())
                .decided(new DecisionEvent(
                        new AdmissionRequest.Summary("", "", "", "", "", false, "", false),
                        Endpoint.MUTATE,
                        DENIED,
                        List.of(),
                        Duration.ZERO));

        assertThat(line(LogFormat.JSON)).contains("\"decision\":\"denied\",\"code\":\"SIGNATURE_MISSING\"");
        assertThat(events.getLast().getMarkerList()).isNullOrEmpty();
    }

    @Test
    void textIsForPeople() {
        new DecisionLog(Limits.defaults())
                .decided(event(
                        new Decision.Skipped("nothing comes in by DELETE"),
                        new ImageOutcome("spec.containers[0].image", "a", "a", "unchecked", List.of(), "", List.of())));

        assertThat(line(LogFormat.TEXT))
                .matches("[0-9:.]+ INFO  decision: skipped uid=u-1 .*\n")
                .contains(
                        "decision=skipped images=[spec.containers[0].image=a unchecked] durationMicros=1234 why=nothing comes in by DELETE\n");
    }

    @Test
    void aLineBreakInAValueStaysOneLineOfJson() {
        logger.info("first\nsecond \"quoted\"");

        assertThat(line(LogFormat.JSON)).containsOnlyOnce("\n").contains("first\\nsecond \\\"quoted\\\"");
    }

    @Test
    void thePodsOfOneWorkloadGetTheSameImagesInTheirLines() {
        ImageOutcome image =
                new ImageOutcome("spec.containers[0].image", "a:1", "a:1", "refused", List.of(), "X", List.of());
        ImageOutcome other =
                new ImageOutcome("spec.containers[0].image", "a:1", "a:1", "verified", List.of(), "", List.of());
        Encoder<ILoggingEvent> encoder = Logs.encoder(context, LogFormat.JSON);
        List<String> lines = new ArrayList<>();
        for (ImageOutcome each : List.of(image, image, other)) {
            new DecisionLog(Limits.defaults()).decided(event(ALLOWED, each));
            lines.add(new String(encoder.encode(events.getLast()), StandardCharsets.UTF_8)
                    .replaceFirst("\"time\":\"[^\"]*\"", ""));
        }

        assertThat(lines.get(1))
                .isEqualTo(lines.get(0))
                .contains(
                        "\"images\":[{\"path\":\"spec.containers[0].image\",\"reference\":\"a:1\",\"outcome\":\"refused\",\"code\":\"X\"}],");
        assertThat(lines.get(2)).contains("\"outcome\":\"verified\"}],").doesNotContain("refused");
    }

    @Test
    void denialsHaveRoomOfTheirOwnWhereOrdinaryLinesAreDropped() {
        StuckOutput out = new StuckOutput();
        BoundedAppender lines = logsTo(out, LogFormat.JSON);
        try {
            for (int i = 0; i < 10_000; i++) {
                new DecisionLog(Limits.defaults()).decided(event(ALLOWED));
            }
            for (int i = 0; i < 1000; i++) {
                new DecisionLog(Limits.defaults()).decided(event(DENIED));
            }
        } finally {
            out.goOn();
            end(lines);
        }

        assertThat(out.lines("denied")).isEqualTo(1000);
        assertThat(lines.dropped(Kind.DENIAL)).isZero();
        assertThat(lines.dropped(Kind.ORDINARY)).isPositive();
        assertThat(out.lines("allowed") + lines.dropped(Kind.ORDINARY)).isEqualTo(10_000);
    }

    @Test
    @Tag("attack-65")
    void anEventLoopNeverWaitsForRoomAndWhatIsDroppedIsCountedAndTold() {
        StuckOutput out = new StuckOutput();
        BoundedAppender lines = logsTo(out, LogFormat.JSON);
        Logger other = context.getLogger("decision.other");
        try {
            // a platform thread, as event loops are: that this comes to its end is what is tested
            for (int i = 0; i < 10_000; i++) {
                new DecisionLog(Limits.defaults()).decided(event(DENIED));
            }
            for (int i = 0; i < 100; i++) {
                other.warn("room is left for a warning");
            }
            assertThat(lines.dropped(Kind.DENIAL)).isPositive();
            assertThat(lines.dropped(Kind.WARNING)).isZero();
        } finally {
            out.goOn();
            end(lines);
        }

        assertThat(out.lines("denied") + lines.dropped(Kind.DENIAL)).isEqualTo(10_000);
        assertThat(out.lines("room is left for a warning")).isEqualTo(100);
        assertThat(out.lines(
                        "%d log lines were dropped because they came faster than they could be written; since the start 0 ordinary ones, %1$d denials, 0 warnings and errors. Check what reads the log"
                                .formatted(lines.dropped(Kind.DENIAL))))
                .isEqualTo(1);
    }

    @Test
    void aVirtualThreadWaitsForRoomForADenial() throws Exception {
        StuckOutput out = new StuckOutput();
        BoundedAppender lines = logsTo(out, LogFormat.JSON);
        Thread denying;
        try {
            fill(lines);
            long before = lines.dropped(Kind.DENIAL);
            denying = Thread.ofVirtual()
                    .start(() -> logger.atInfo().addMarker(DecisionLog.DENIAL).log("waited"));
            while (denying.getState() != Thread.State.TIMED_WAITING) {
                assertThat(denying.isAlive()).isTrue();
                Thread.onSpinWait();
            }
            out.goOn();
            denying.join();
            assertThat(lines.dropped(Kind.DENIAL)).isEqualTo(before);
        } finally {
            out.goOn();
            end(lines);
        }

        assertThat(out.lines("waited")).isEqualTo(1);
    }

    @Test
    @Tag("attack-65")
    void aVirtualThreadWaitsOnceAndNotForEverAndKeepsItsInterruption() throws Exception {
        StuckOutput out = new StuckOutput();
        BoundedAppender lines = logsTo(out, LogFormat.JSON);
        AtomicBoolean interrupted = new AtomicBoolean();
        try {
            fill(lines);
            long before = lines.dropped(Kind.DENIAL);
            Thread denying = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                // each of them waiting would take far longer than the test may
                for (int i = 0; i < 1000; i++) {
                    logger.atInfo().addMarker(DecisionLog.DENIAL).log("in vain");
                }
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            denying.join();
            assertThat(lines.dropped(Kind.DENIAL)).isEqualTo(before + 1000);
            assertThat(interrupted).isTrue();
        } finally {
            out.goOn();
            end(lines);
        }

        assertThat(out.lines("in vain")).isZero();
    }

    /** Until not even a denial has room. */
    private void fill(BoundedAppender lines) {
        long before = lines.dropped(Kind.DENIAL);
        while (lines.dropped(Kind.DENIAL) == before) {
            new DecisionLog(Limits.defaults()).decided(event(DENIED));
        }
    }

    @Test
    void theLastLinesAreWrittenBeforeTheEnd() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        BoundedAppender lines = logsTo(written, LogFormat.TEXT);
        for (int i = 0; i < 100; i++) {
            logger.info("line {}", i);
        }
        end(lines);

        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .hasSize(100)
                .last()
                .asString()
                .contains("line 99");
    }

    private BoundedAppender logsTo(OutputStream out, LogFormat format) {
        BoundedAppender lines = new BoundedAppender(Logs.encoder(context, format), out, ROOM);
        lines.setContext(context);
        lines.start();
        logger.detachAppender(appender);
        logger.addAppender(lines);
        return lines;
    }

    private void end(BoundedAppender lines) {
        lines.stop();
        logger.detachAppender(lines);
    }

    /** Takes what is written only once it is told to. */
    private static final class StuckOutput extends OutputStream {
        private final Semaphore stuck = new Semaphore(0);
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            throw new AssertionError("lines are written together");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            stuck.acquireUninterruptibly();
            stuck.release();
            written.write(bytes, offset, length);
        }

        void goOn() {
            stuck.release();
        }

        long lines(String message) {
            return written.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains("\"message\":\"" + message + "\""))
                    .count();
        }
    }

    private String line(LogFormat format) {
        Encoder<ILoggingEvent> encoder = Logs.encoder(context, format);
        return new String(encoder.encode(events.getLast()), StandardCharsets.UTF_8);
    }
}
