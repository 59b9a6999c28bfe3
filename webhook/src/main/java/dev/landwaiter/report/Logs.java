package dev.landwaiter.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.landwaiter.settings.Choices.LogFormat;
import dev.landwaiter.settings.Choices.LogLevel;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** How logs are written: on stderr, as JSON or text. {@link #close()} writes what is still queued. */
public final class Logs implements AutoCloseable {
    private static final String TEXT = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%replace( %kvp{NONE}){' $',''}%n";
    /** Libraries that tell more than anyone wants at the level of ours. */
    private static final Map<String, Level> QUIETER = Map.of(
            "io.netty", Level.WARN,
            "io.vertx", Level.WARN,
            "io.fabric8", Level.ERROR,
            "com.google", Level.WARN);

    private final LoggerContext context;
    private final BoundedAppender queue;

    private Logs(LoggerContext context, BoundedAppender queue) {
        this.context = context;
        this.queue = queue;
    }

    /** From now on logs are written so, whatever was set up before. */
    public static Logs start(LogFormat format, LogLevel level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        BoundedAppender queue = new BoundedAppender(encoder(context, format), new Stderr());
        queue.setContext(context);
        queue.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(level.name()));
        root.addAppender(queue);
        if (level != LogLevel.DEBUG) {
            QUIETER.forEach((name, least) -> {
                Level own = root.getLevel();
                context.getLogger(name).setLevel(own.isGreaterOrEqual(least) ? own : least);
            });
        }
        return new Logs(context, queue);
    }

    static Appender<ILoggingEvent> stderr(LoggerContext context, LogFormat format) {
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder(context, format));
        stderr.start();
        return stderr;
    }

    static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
        return switch (format) {
            case JSON -> {
                JsonLineEncoder encoder = new JsonLineEncoder();
                encoder.setContext(context);
                encoder.start();
                yield encoder;
            }
            case TEXT -> {
                PatternLayoutEncoder encoder = new PatternLayoutEncoder();
                encoder.setContext(context);
                encoder.setPattern(TEXT);
                encoder.start();
                yield encoder;
            }
        };
    }

    /** How many lines of that kind were dropped because they came faster than they could be written. */
    long dropped(BoundedAppender.Kind kind) {
        return queue.dropped(kind);
    }

    @Override
    public void close() {
        context.stop();
    }

    /** Whatever stderr is when a line is written. */
    private static final class Stderr extends OutputStream {
        @Override
        public void write(int b) {
            System.err.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            System.err.write(bytes, offset, length);
        }

        @Override
        public void flush() {
            System.err.flush();
        }
    }
}
