package dev.landwaiter.limit;

import java.util.regex.Pattern;

/** Text from outside, made fit for a message or a record: bounded and on one line. */
public final class Shown {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Shown() {}

    /** {@code text} on one line, of at most {@code most} characters before the ellipsis that says that there were more. */
    public static String of(String text, int most) {
        String line = hasControl(text) ? CONTROL.matcher(text).replaceAll("?") : text;
        return line.length() > most ? line.substring(0, most) + "…" : line;
    }

    /** Nearly no text has any, and this is asked of every signer of every request. */
    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
