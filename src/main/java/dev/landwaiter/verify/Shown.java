package dev.landwaiter.verify;

/** Text from outside, made fit for a message or a record: bounded and on one line. */
final class Shown {
    private Shown() {}

    static String of(String text, int most) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > most ? line.substring(0, most) + "…" : line;
    }
}
