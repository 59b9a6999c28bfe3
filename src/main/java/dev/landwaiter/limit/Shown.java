package dev.landwaiter.limit;

/** Text from outside, made fit for a message or a record: bounded and on one line. */
public final class Shown {
    private Shown() {}

    /** {@code text} on one line, of at most {@code most} characters before the ellipsis that says that there were more. */
    public static String of(String text, int most) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > most ? line.substring(0, most) + "…" : line;
    }
}
