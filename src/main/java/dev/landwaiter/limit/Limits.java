package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;

/** The bounds in force: each {@link Limit} at its default unless a setting says otherwise. Immutable. */
public final class Limits {
    private static final Limits DEFAULTS = new Limits(Map.of());

    private final EnumMap<Limit, Long> values = new EnumMap<>(Limit.class);

    private Limits(Map<Limit, Long> changed) {
        for (Limit limit : Limit.values()) {
            long value = changed.getOrDefault(limit, limit.byDefault());
            if (value <= 0) {
                throw new Failure(
                        Code.SETTING_INVALID,
                        "Could not set limit '%s' to %d: it must be above 0. Give a number of %s."
                                .formatted(limit.text(), value, limit.unit()));
            }
            values.put(limit, value);
        }
    }

    public static Limits defaults() {
        return DEFAULTS;
    }

    /** The defaults with {@code changed} in place; a value that is not above 0 is a {@link Code#SETTING_INVALID}. */
    public static Limits of(Map<Limit, Long> changed) {
        return new Limits(changed);
    }

    public long get(Limit limit) {
        return values.getOrDefault(limit, limit.byDefault());
    }

    public int count(Limit limit) {
        return Math.toIntExact(get(limit));
    }

    /**
     * All that {@code in} holds.
     *
     * @param what is read, for the message: {@code policy file "a.yaml"}
     * @throws Failure {@code LIMIT_EXCEEDED} where it is more than {@code most}, of which no more is read
     */
    public byte[] read(InputStream in, Limit most, String what) throws IOException {
        int bytes = count(most);
        byte[] content = in.readNBytes(bytes == Integer.MAX_VALUE ? bytes : bytes + 1);
        if (content.length > bytes) {
            throw exceeded(most, what);
        }
        return content;
    }

    /** The failure of {@code what} (for instance {@code manifest of ghcr.io/acme/api:1}) that exceeds {@code limit}. */
    public Failure exceeded(Limit limit, String what) {
        return new Failure(
                Code.LIMIT_EXCEEDED,
                "Could not read %s: it exceeds the limit '%s' of %d %s. If it is meant to be that large, raise the setting --limit %s=…."
                        .formatted(what, limit.text(), get(limit), limit.unit(), limit.text()));
    }
}
