package dev.landwaiter.yaml;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column from 1, in code points
 */
public record Mark(int line, int column) {
    static final Mark START = new Mark(1, 1);

    /** {@code line 3, column 7}, for messages. */
    public String text() {
        return "line %d, column %d".formatted(line, column);
    }
}
