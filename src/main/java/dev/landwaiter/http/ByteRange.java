package dev.landwaiter.http;

import dev.landwaiter.http.HttpTransport.Response;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asking for the rest of a content, from one byte on (RFC 9110, section 14). */
public final class ByteRange {
    private static final int PARTIAL = 206;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(?:\\*|\\d{1,18})");

    private ByteRange() {}

    /** The value of {@code Range} that asks for all from byte {@code from} on. */
    public static String header(long from) {
        return "bytes=" + from + "-";
    }

    /**
     * Which byte the body of {@code response} begins with, of whom all from {@code asked} on was asked: 0 where the peer sends everything.
     * Empty where it sends what nobody asked for, or does not say what it sends.
     */
    public static OptionalLong start(Response response, long asked) {
        if (response.status() != PARTIAL) {
            return OptionalLong.of(0);
        }
        Matcher range = CONTENT_RANGE.matcher(response.header("content-range").orElse(""));
        return asked > 0 && range.matches() && Long.parseLong(range.group(1)) == asked
                ? OptionalLong.of(asked)
                : OptionalLong.empty();
    }
}
