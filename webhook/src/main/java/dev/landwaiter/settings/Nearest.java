package dev.landwaiter.settings;

import java.util.Comparator;
import java.util.List;

/** What a person who mistyped a name may have meant. */
final class Nearest {
    /** More differences than this are another word, not a slip. */
    private static final int SLIPS = 3;

    private Nearest() {}

    /** {@code ; did you mean X?}, or {@code ""} where nothing is near. */
    static String hint(String text, List<String> known) {
        return known.stream()
                .filter(one -> distance(text, one) <= SLIPS)
                .min(Comparator.comparingInt(one -> distance(text, one)))
                .map(one -> "; did you mean " + one + "?")
                .orElse("");
    }

    /**
     * The {@code count} of {@code known} that are nearest to {@code text}, the nearest first: before all others those that have more of its
     * words, which hyphens separate.
     */
    static List<String> of(String text, List<String> known, int count) {
        List<String> words = List.of(text.split("-", -1));
        return known.stream()
                .sorted(Comparator.<String>comparingLong(one -> -shared(words, one))
                        .thenComparingInt(one -> distance(text, one)))
                .limit(count)
                .toList();
    }

    private static long shared(List<String> words, String name) {
        List<String> ofName = List.of(name.split("-", -1));
        return words.stream().filter(ofName::contains).count();
    }

    /** Levenshtein's distance: how many characters to insert, drop or replace. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[right.length()];
    }
}
