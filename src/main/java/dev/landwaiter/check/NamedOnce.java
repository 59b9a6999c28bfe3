package dev.landwaiter.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is left to say of a failure where an image has been named already. */
final class NamedOnce {
    /** {@code Could not fetch manifest of ghcr.io/acme/api:1: }, {@code Could not resolve "api": }. */
    private static final Pattern OPENING = Pattern.compile(
            "Could not (?<verb>[a-z]+)(?<up> up)? (?:(?<part>[a-z][a-z .-]*) of )?\"?(?<reference>[^\\s\",]+?)\"?(?<from> from \\S+?)?: ");

    private NamedOnce() {}

    /** {@code message}, which says {@code it} where its opening names {@code reference} as written. */
    static String of(String reference, String message) {
        Matcher opening = OPENING.matcher(message);
        if (!opening.lookingAt() || !reference.equals(opening.group("reference"))) {
            return message;
        }
        String part = opening.group("part");
        String up = opening.group("up");
        String from = opening.group("from");
        return "could not %s %s%s%s: %s"
                .formatted(
                        opening.group("verb"),
                        part == null ? "it" : "its " + part,
                        up == null ? "" : up,
                        from == null ? "" : from,
                        message.substring(opening.end()));
    }
}
