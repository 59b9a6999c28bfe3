package dev.landwaiter.sigstore;

/** Text from outside, made fit for a message. */
final class Text {
    private static final int MOST = 200;

    private Text() {}

    /** On one line, and of no more than {@value #MOST} characters. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > MOST ? line.substring(0, MOST) + "…" : line;
    }
}
