package dev.landwaiter.yaml;

/**
 * Why a text is not read, or no further.
 *
 * @param kind whether it is no YAML at all, or YAML that is refused
 * @param why in half a sentence, with what to do about it. It may quote the text, which may be a secret: whoever reads secrets shows the place alone
 */
public record YamlProblem(Mark mark, Kind kind, String why) {
    /** What a problem is about. */
    public enum Kind {
        MALFORMED("not well-formed"),
        /** It is YAML, but two readers of it would see two documents. */
        REFUSED("refused");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** {@code refused at line 3, column 7 (…)}: it goes after 'it is'. */
    public String text() {
        return "%s at %s (%s)".formatted(kind.words, mark.text(), why);
    }
}
