package dev.landwaiter.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How large an RE2 expression becomes, estimated before it is compiled: matching is linear in the text, but {@code ((a{1000}){1000}){1000}}
 * exhausts memory where it is merely read.
 */
final class RegexSize {
    /** What {@code matches} may have at most, in instructions. */
    static final int MAX_PROGRAM = 2_000;

    private static final int MAX_CHARACTERS = 1_000;

    private RegexSize() {}

    /** Why {@code regex} must not be compiled; empty where it may. */
    static Optional<String> problem(String regex) {
        if (regex.length() > MAX_CHARACTERS) {
            return Optional.of("the regular expression has %d characters; %d are allowed"
                    .formatted(regex.length(), MAX_CHARACTERS));
        }
        return of(regex) > MAX_PROGRAM
                ? Optional.of("the regular expression \"%s\" repeats too much of itself".formatted(regex))
                : Optional.empty();
    }

    /** About how many instructions {@code regex} is compiled to. */
    static long of(String regex) {
        return new Scan(regex).size();
    }

    /** Counts what each group holds, and multiplies what is repeated by how often at most. */
    private static final class Scan {
        private final String regex;
        /** What the groups that are open held before they were opened. */
        private final Deque<Long> outer = new ArrayDeque<>();

        private int at;
        /** Of the group that is being read. */
        private long size;
        /** Of that, the last atom's, which a repetition would repeat. */
        private long atom;

        Scan(String regex) {
            this.regex = regex;
        }

        long size() {
            while (at < regex.length()) {
                step();
            }
            while (!outer.isEmpty()) {
                close();
            }
            return size;
        }

        private void step() {
            char c = regex.charAt(at++);
            switch (c) {
                case '\\' -> escaped();
                case '[' -> {
                    skipClass();
                    one();
                }
                case '(' -> {
                    outer.push(size);
                    size = 1;
                    atom = 0;
                }
                case ')' -> close();
                case '{' -> repeat();
                default -> one();
            }
        }

        /** What stands between {@code \Q} and {@code \E} is text: no bracket in it closes anything. */
        private void escaped() {
            if (!regex.startsWith("Q", at)) {
                at++;
                one();
                return;
            }
            int end = regex.indexOf("\\E", at);
            int stop = end < 0 ? regex.length() : end;
            for (at++; at < stop; at++) {
                one();
            }
            at = end < 0 ? stop : end + 2;
        }

        private void one() {
            atom = 1;
            size++;
        }

        private void close() {
            if (!outer.isEmpty()) {
                atom = size + 1;
                size = bounded(outer.pop() + atom);
            }
        }

        /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else in braces is text. */
        private void repeat() {
            int end = regex.indexOf('}', at);
            String inside = end < 0 ? "" : regex.substring(at, end);
            if (!inside.matches("\\d{1,9}(,\\d{0,9})?")) {
                one();
                return;
            }
            long most = 1;
            for (String number : inside.split(",", -1)) {
                most = Math.max(most, number.isEmpty() ? 1 : Long.parseLong(number));
            }
            at = end + 1;
            size = bounded(size + atom * (most - 1));
            atom = bounded(atom * most);
        }

        private void skipClass() {
            // a bracket right at the start, or after '^', is one of the class
            if (at < regex.length() && regex.charAt(at) == '^') {
                at++;
            }
            int start = at;
            while (at < regex.length() && (regex.charAt(at) != ']' || at == start)) {
                at += regex.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
        }

        /** So that no product of two overflows. */
        private static long bounded(long value) {
            return Math.min(value, 1L << 31);
        }
    }
}
