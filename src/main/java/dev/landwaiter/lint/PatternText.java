package dev.landwaiter.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What can be told of a regular expression from its text: where it is anchored, which of its dots are meant as such. */
final class PatternText {
    private static final Pattern LEADING_FLAGS = Pattern.compile("^\\(\\?[a-zA-Z]+\\)");

    /** A tag that is only begun: {@code v}, {@code release-}, {@code v1\.}. */
    private static final Pattern BEGUN_TAG = Pattern.compile("@refs/tags/(?:.*[-_./])?(?:v|(?<=[-_.]))$");
    /** A tag that ends in what stands for digits: {@code v[0-9]}, {@code v\d+}. */
    private static final Pattern TAG_OF_DIGITS = Pattern.compile("@refs/tags/.*(?:[]+}]|\\\\d)$");

    private static final Pattern BEGUN_BRANCH = Pattern.compile("@refs/heads/.*[-_.]$");

    private PatternText() {}

    /** Whether every match begins where the text does. */
    static boolean anchoredStart(String pattern) {
        String text = LEADING_FLAGS.matcher(pattern).replaceFirst("");
        return alternatives(text).stream()
                .allMatch(one -> one.startsWith("^") || one.startsWith("\\A") || isAnchoredGroup(one, true));
    }

    /** Whether every match ends where the text does, or where whatever follows is a part of its own ({@code /}, {@code @}) or asked for ({@code .*}). */
    static boolean anchoredEnd(String pattern) {
        return alternatives(pattern).stream()
                .allMatch(one -> one.endsWith("\\z")
                        || one.endsWith("/")
                        || one.endsWith("@")
                        || isUnescaped(one, '$')
                        || endsInAny(one)
                        || isAnchoredGroup(one, false));
    }

    /**
     * {@code pattern}, one alternative, with an end where it has none. A tag or branch that is only begun gets the rest of a name, because
     * none is called {@code v} or {@code release-}.
     */
    static String closed(String pattern) {
        if (anchoredEnd(pattern)) {
            return pattern;
        }
        if (BEGUN_TAG.matcher(pattern).find()) {
            return pattern + "[0-9.]+$";
        }
        if (TAG_OF_DIGITS.matcher(pattern).find()) {
            return pattern + "[0-9.]*$";
        }
        return pattern + (BEGUN_BRANCH.matcher(pattern).find() ? "[0-9A-Za-z._-]+$" : "$");
    }

    /** Whether the tag or branch at the end of {@code literal}, where there is one, can be a whole name. */
    static boolean namesWholeRef(String literal) {
        return !BEGUN_TAG.matcher(literal).find()
                && !BEGUN_BRANCH.matcher(literal).find();
    }

    /** {@code pattern} as a whole text: one group of its alternatives where there are several. */
    static String whole(String pattern) {
        List<String> alternatives = alternatives(pattern);
        return alternatives.size() == 1
                ? (anchoredStart(pattern) ? "" : "^") + closed(pattern)
                : alternatives.stream()
                        .map(one -> withoutAnchors(closed(one)))
                        .collect(Collectors.joining("|", "^(", ")$"));
    }

    private static String withoutAnchors(String one) {
        String text = one.startsWith("^") ? one.substring(1) : one;
        return isUnescaped(text.isEmpty() ? " " : text, '$') ? text.substring(0, text.length() - 1) : text;
    }

    private static boolean endsInAny(String one) {
        return one.endsWith(".*") || one.endsWith(".+") || one.endsWith(".*)") || one.endsWith(".+)");
    }

    private static boolean isUnescaped(String text, char last) {
        int backslashes = 0;
        for (int i = text.length() - 2; i >= 0 && text.charAt(i) == '\\'; i--) {
            backslashes++;
        }
        return text.indexOf(last) >= 0 && text.charAt(text.length() - 1) == last && backslashes % 2 == 0;
    }

    /** Whether {@code one} is a group as a whole and each of its alternatives is anchored at that end. */
    private static boolean isAnchoredGroup(String one, boolean start) {
        if (!one.startsWith("(") || closing(one, 0) != one.length() - 1) {
            return false;
        }
        String inner = one.substring(one.startsWith("(?:") ? 3 : 1, one.length() - 1);
        return start ? anchoredStart(inner) : anchoredEnd(inner);
    }

    /** The parts between the bars that are in no group and no class. */
    static List<String> alternatives(String pattern) {
        List<String> alternatives = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < pattern.length(); i = next(pattern, i)) {
            if (pattern.charAt(i) == '|') {
                alternatives.add(pattern.substring(start, i));
                start = i + 1;
            } else if (pattern.charAt(i) == '(') {
                i = closing(pattern, i);
            }
        }
        alternatives.add(pattern.substring(start));
        return alternatives;
    }

    /** Where the group that opens at {@code open} closes; the last index where it never does. */
    private static int closing(String pattern, int open) {
        int depth = 0;
        for (int i = open; i < pattern.length(); i = next(pattern, i)) {
            depth += pattern.charAt(i) == '(' ? 1 : pattern.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return pattern.length() - 1;
    }

    /** The index after the character, escape or class at {@code i}. */
    private static int next(String pattern, int i) {
        char c = pattern.charAt(i);
        if (c == '\\') {
            return i + 2;
        }
        if (c != '[') {
            return i + 1;
        }
        int end = i + 1;
        if (end < pattern.length() && pattern.charAt(end) == '^') {
            end++;
        }
        // a bracket that stands first is a member
        end++;
        while (end < pattern.length() && pattern.charAt(end) != ']') {
            end += pattern.charAt(end) == '\\' ? 2 : 1;
        }
        return end + 1;
    }

    /** {@code pattern} with those dots escaped that stand before a letter or digit and after one or a slash, as in names of hosts and files. */
    static String withDotsEscaped(String pattern) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < pattern.length(); ) {
            int end = Math.min(next(pattern, i), pattern.length());
            boolean inName = pattern.charAt(i) == '.'
                    && i > 0
                    && i + 1 < pattern.length()
                    && (pattern.charAt(i - 1) == '/' || Character.isLetterOrDigit(pattern.charAt(i - 1)))
                    && Character.isLetterOrDigit(pattern.charAt(i + 1));
            escaped.append(inName ? "\\" : "").append(pattern, i, end);
            i = end;
        }
        return escaped.toString();
    }

    /** The text that {@code pattern} stands for where, dots and anchors aside, no character in it is special; {@code ""} where one is. */
    static String literal(String pattern) {
        String text = withoutAnchors(pattern).replace("\\.", ".");
        return text.chars().anyMatch(c -> "\\*+?()[]{}|^$".indexOf(c) >= 0) ? "" : text;
    }
}
