package dev.landwaiter.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A table as people read it in a terminal or a log: the last column wraps within the width, all others are as wide as what they hold.
 */
final class TextTable {
    /** Below it the last column is no use, and lines get longer instead. */
    private static final int LEAST = 30;

    private static final String GAP = "  ";

    private final int width;
    private final List<Line> lines = new ArrayList<>();

    /**
     * @param width in characters
     */
    TextTable(int width) {
        this.width = width;
    }

    private record Line(List<String> cells, UnaryOperator<String> paint, int painted) {}

    /** Adds a line whose cell at {@code painted} is painted; none where it is negative. */
    void add(List<String> cells, int painted, UnaryOperator<String> paint) {
        lines.add(new Line(List.copyOf(cells), paint, painted));
    }

    String text() {
        int columns = lines.stream().mapToInt(line -> line.cells().size()).max().orElse(0);
        int[] widths = new int[columns];
        for (Line line : lines) {
            for (int i = 0; i < line.cells().size() - 1; i++) {
                widths[i] = Math.max(widths[i], line.cells().get(i).length());
            }
        }
        int before = 0;
        for (int i = 0; i < columns - 1; i++) {
            before += widths[i] + GAP.length();
        }
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            append(text, line, widths, before);
        }
        return text.toString();
    }

    private void append(StringBuilder text, Line line, int[] widths, int before) {
        StringBuilder first = new StringBuilder();
        for (int i = 0; i < line.cells().size() - 1; i++) {
            String cell = line.cells().get(i);
            first.append(i == line.painted() ? line.paint().apply(cell) : cell)
                    .append(" ".repeat(widths[i] - cell.length()))
                    .append(GAP);
        }
        String start = first.toString();
        for (String part : wrapped(line.cells().getLast(), Math.max(LEAST, width - before))) {
            boolean painted = line.painted() == line.cells().size() - 1;
            text.append((start + (painted ? line.paint().apply(part) : part)).stripTrailing())
                    .append('\n');
            start = " ".repeat(before);
        }
    }

    /** {@code text} in lines of {@code most} characters, broken between words; a longer word stays whole, so that it can be copied. */
    static List<String> wrapped(String text, int most) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > most) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
