package dev.landwaiter.report;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.check.ImageOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code message}, then the line's own keys at the same level, and
 * {@code error} with the stack trace where there is one. Flat, unlike logback's own encoder, so that a query needs no detour.
 */
final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NONE = {};
    /** In characters. */
    private static final long MOST_REMEMBERED = 1 << 20;

    /** What is not ASCII is escaped: whatever somebody wrote, a line can be written, and a terminal that shows it obeys nothing. */
    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    /** Most of a decision's line is its images, and the Pods of one workload bring the same: these are rendered once. */
    private final Cache<List<ImageOutcome>, SerializableString> recent = Caffeine.newBuilder()
            .maximumWeight(MOST_REMEMBERED)
            .weigher((List<ImageOutcome> _, SerializableString rendered) -> rendered.charLength())
            .executor(Runnable::run)
            .build();
    /** Of the line before; who finds another thread's is none the worse for it. */
    private Time lastTime = Time.of(0);

    @Override
    public byte[] headerBytes() {
        return NONE;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return rendered(out -> writeLine(out, event)).toByteArray();
    }

    private void writeLine(JsonGenerator out, ILoggingEvent event) throws IOException {
        out.writeStartObject();
        write(out, Names.TIME, time(event.getTimeStamp()));
        write(out, Names.LEVEL, event.getLevel().toString());
        write(out, Names.LOGGER, event.getLoggerName());
        write(out, Names.MESSAGE, event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                out.writeFieldName(pair.key);
                write(out, pair.value);
            }
        }
        if (event.getThrowableProxy() != null) {
            out.writeStringField("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        out.writeEndObject();
        out.writeRaw('\n');
    }

    /** JSON in UTF-8, as {@code body} writes it. */
    private ByteArrayOutputStream rendered(Body body) {
        // a generator gathers what is short and gives it out once, so the stream is then as large as that and no larger
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
        try (JsonGenerator out = json.createGenerator(bytes)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    /** Names that are in every line, or several times in one: escaped once and for all. */
    private static final class Names {
        static final SerializableString TIME = new SerializedString("time");
        static final SerializableString LEVEL = new SerializedString("level");
        static final SerializableString LOGGER = new SerializedString("logger");
        static final SerializableString MESSAGE = new SerializedString("message");
        static final SerializableString PATH = new SerializedString("path");
        static final SerializableString REFERENCE = new SerializedString("reference");
        static final SerializableString PINNED = new SerializedString("pinned");
        static final SerializableString OUTCOME = new SerializedString("outcome");
        static final SerializableString POLICIES = new SerializedString("policies");

        private Names() {}
    }

    private static void write(JsonGenerator out, SerializableString name, String value) throws IOException {
        out.writeFieldName(name);
        out.writeString(value);
    }

    /** Under load, lines come several in a millisecond. */
    private String time(long millis) {
        Time last = lastTime;
        if (last.millis() != millis) {
            last = Time.of(millis);
            lastTime = last;
        }
        return last.text();
    }

    private record Time(long millis, String text) {
        static Time of(long millis) {
            return new Time(millis, Instant.ofEpochMilli(millis).toString());
        }
    }

    private void write(JsonGenerator out, Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case Boolean bool -> out.writeBoolean(bool);
            case Long number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case DecisionLog.LoggedImages(List<ImageOutcome> images) ->
                out.writeRawValue(recent.get(images, this::render));
            case ImageOutcome image -> write(out, image);
            case ImageOutcome.WouldDeny would -> write(out, would);
            case List<?> list -> writeEach(out, list);
            default -> out.writeString(value.toString());
        }
    }

    private SerializableString render(List<ImageOutcome> images) {
        return new SerializedString(rendered(out -> writeEach(out, images)).toString(StandardCharsets.UTF_8));
    }

    private void writeEach(JsonGenerator out, List<?> items) throws IOException {
        out.writeStartArray();
        for (Object item : items) {
            write(out, item);
        }
        out.writeEndArray();
    }

    private void write(JsonGenerator out, ImageOutcome image) throws IOException {
        out.writeStartObject();
        write(out, Names.PATH, image.path());
        write(out, Names.REFERENCE, image.reference());
        if (!image.pinned().equals(image.reference())) {
            write(out, Names.PINNED, image.pinned());
        }
        write(out, Names.OUTCOME, image.outcome());
        if (!image.policies().isEmpty()) {
            out.writeFieldName(Names.POLICIES);
            write(out, image.policies());
        }
        if (!image.code().isEmpty()) {
            out.writeStringField("code", image.code());
        }
        if (!image.unconfirmed().isEmpty()) {
            out.writeStringField("unconfirmed", image.unconfirmed());
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, ImageOutcome.WouldDeny would) throws IOException {
        out.writeStartObject();
        write(out, Names.PATH, would.path());
        out.writeStringField("policy", would.policy());
        out.writeStringField("mode", would.mode());
        out.writeStringField("code", would.code());
        write(out, Names.MESSAGE, would.message());
        out.writeEndObject();
    }

    @Override
    public byte[] footerBytes() {
        return NONE;
    }
}
