package dev.landwaiter.limit;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** What a parser of JSON complains about, as people can use it: its own words on one line. */
final class ParserWords {
    private static final String DUPLICATE = "Duplicate field '";
    private static final String TRAILING = "Trailing token ";
    private static final int MOST = 200;

    private ParserWords() {}

    /** {@code it is not well-formed JSON at line 3, column 7 (…)}. */
    static String json(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return "it is not well-formed JSON at line %d, column %d (%s)"
                .formatted(at == null ? 0 : at.getLineNr(), at == null ? 0 : at.getColumnNr(), words(e));
    }

    /** The parser's own words, but where they speak of its classes, without the excerpt of the source that may follow them; at most 200 characters. */
    static String words(JsonProcessingException e) {
        String words =
                String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        if (words.startsWith(DUPLICATE)) {
            int end = Math.max(DUPLICATE.length(), words.lastIndexOf("' for "));
            words = "the key \"" + words.substring(DUPLICATE.length(), end) + "\" stands twice in one object";
        } else if (words.startsWith(TRAILING)) {
            words = "something follows the one value";
        }
        return Shown.of(words, MOST);
    }
}
