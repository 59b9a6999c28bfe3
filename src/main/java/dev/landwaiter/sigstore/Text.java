package dev.landwaiter.sigstore;

import dev.landwaiter.limit.Shown;

/** Text from outside, made fit for a message. */
final class Text {
    private static final int MOST = 200;

    private Text() {}

    /** On one line, and of no more than {@value #MOST} characters. */
    static String shown(String text) {
        return Shown.of(text, MOST);
    }
}
