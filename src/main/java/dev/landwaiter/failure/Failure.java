package dev.landwaiter.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a stable code and a message that says what could not be done, where, why and what to do next. Holds no secret.
 *
 * <p>One that is not our own fault carries no stack trace: it is an answer, often remembered and given again.
 */
public final class Failure extends RuntimeException {
    private final Code code;
    /** Null where the message is the same for whoever meets it. */
    private final transient @Nullable Telling telling;

    public Failure(Code code, String message) {
        this(code, message, null);
    }

    public Failure(Code code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    private Failure(Code code, String message, @Nullable Telling telling, @Nullable Throwable cause) {
        super(message, cause, false, code.fault() == Fault.INTERNAL);
        this.code = code;
        this.telling = telling;
    }

    /** How a failure is told to whoever meets it. It must hold nothing of anybody who met it before. */
    @FunctionalInterface
    public interface Telling {
        String to(Asker asker);
    }

    /** A failure whose message also tells what {@code asker} brought, and another one something else. */
    public static Failure told(Code code, Telling telling, Asker asker) {
        return new Failure(code, telling.to(asker), telling, null);
    }

    /** The same failure, told to {@code asker}: what others brought who met it before does not stand in it. */
    public Failure toldTo(Asker asker) {
        return telling == null ? this : new Failure(code, telling.to(asker), telling, getCause());
    }

    public Code code() {
        return code;
    }

    /** The message, which a failure always has. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** The failure that {@code thrown} is, or an {@link Code#INTERNAL_ERROR} that wraps it. */
    public static Failure of(Throwable thrown) {
        if (thrown instanceof Failure failure) {
            return failure;
        }
        return new Failure(
                Code.INTERNAL_ERROR,
                "Could not finish the work: an internal error ("
                        + thrown.getClass().getSimpleName() + "). Please report it with the log's stack trace.",
                thrown);
    }
}
