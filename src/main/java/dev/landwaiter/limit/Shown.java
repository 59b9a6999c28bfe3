package dev.landwaiter.limit;

/**
 * Text from outside, made fit for people: for a message, a log line, a record or a terminal. Whoever owns an image, a registry or a namespace
 * chooses such text, so it is bounded, and what a terminal would obey or a reader could not see is shown by its escape: control and format
 * characters (line breaks, colours, marks that turn the direction of writing, zero-width ones), unassigned and private ones, and halves of
 * surrogate pairs, which are no text at all and could not be written.
 *
 * <p>What was made fit stays as it is when it is made fit again.
 */
public final class Shown {
    private static final String ELLIPSIS = "…";
    /** How many more characters a cut text had is worth telling only where the text is one that somebody wants to read. */
    private static final String REST = "… (%d more characters)";

    private static final char FIRST_PRINTABLE = ' ';
    private static final char LAST_ASCII = '~';

    private Shown() {}

    /** {@code text} on one line, of at most {@code most} characters (code points) before the ellipsis that says that there were more. */
    public static String of(String text, int most) {
        return fits(text, most) ? text : escaped(text, most, ELLIPSIS);
    }

    /** As {@link #of}, but for a text that people read for its own sake: where it was cut, it says how much is missing. */
    public static String message(String text, int most) {
        return fits(text, most) ? text : escaped(text, most, REST);
    }

    /** {@code text} on one line, as long as it is. */
    public static String whole(String text) {
        return of(text, Integer.MAX_VALUE);
    }

    /** Whether it can stay as it is. Nearly every text can, and this is asked of several in every request. */
    private static boolean fits(String text, int most) {
        if (text.length() > most) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < FIRST_PRINTABLE || c > LAST_ASCII) {
                return allVisible(text, i);
            }
        }
        return true;
    }

    private static boolean allVisible(String text, int from) {
        return text.codePoints().skip(text.codePointCount(0, from)).allMatch(Shown::visible);
    }

    /** @param rest what a cut text ends in; it may take the number of the code points that are missing */
    private static String escaped(String text, int most, String rest) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), most) + rest.length());
        int length = 0;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            String escape = visible(c) ? "" : escape(c);
            int needed = escape.isEmpty() ? 1 : escape.length();
            if (needed > most - length) {
                return shown.append(rest.formatted(text.codePointCount(at, text.length())))
                        .toString();
            }
            if (escape.isEmpty()) {
                shown.appendCodePoint(c);
            } else {
                shown.append(escape);
            }
            length += needed;
            at += Character.charCount(c);
        }
        return shown.toString();
    }

    private static boolean visible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** As programs write it: {@code \n}, <code>&#92;u202e</code>, <code>&#92;u{e0001}</code>. */
    private static String escape(int codePoint) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> (Character.isBmpCodePoint(codePoint) ? "\\u%04x" : "\\u{%x}").formatted(codePoint);
        };
    }
}
