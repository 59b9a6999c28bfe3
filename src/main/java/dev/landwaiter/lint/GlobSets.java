package dev.landwaiter.lint;

import dev.landwaiter.policy.ImageGlob;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;

/**
 * What globs match among the names that images can have, decided on automata and not by trying examples: a walk through all names
 * letter by letter, with one glob's positions, the positions of the globs it is compared with, and where in a name we are.
 */
public final class GlobSets {
    /** Past it nothing is claimed. Two globs as people write them need some hundred. */
    private static final int MOST_STATES = 50_000;
    /** Characters that are in no glob behave alike: one of them is enough. */
    private static final String ORDINARY = "abcdefghijklmnopqrstuvwxyz0123456789";

    private GlobSets() {}

    /** The shortest canonical name that {@code glob} matches; empty where there is none. */
    public static Optional<String> example(ImageGlob glob) {
        return example(glob, List.of());
    }

    /** Whether {@code wide} together match all that {@code narrow} matches, and that is something. */
    static boolean cover(Collection<ImageGlob> wide, ImageGlob narrow) {
        return !wide.isEmpty()
                && example(narrow).isPresent()
                && example(narrow, wide).isEmpty();
    }

    /** Whether there is a name that both match. */
    static boolean meet(ImageGlob one, ImageGlob other) {
        return new Walk(one, List.of(other)).shortest(true).isPresent();
    }

    /** The shortest canonical name that {@code glob} matches and none of {@code others} does. */
    static Optional<String> example(ImageGlob glob, Collection<ImageGlob> others) {
        return new Walk(glob, others).shortest(false);
    }

    /** Where the walk is: the positions in the glob and in the others that the text so far can have led to, and the place in a name. */
    private record State(BitSet glob, BitSet others, NamePlace place) {}

    private record Step(State state, String text) {}

    private static final class Walk {
        private final Positions glob;
        private final Positions others;
        private final Set<Character> alphabet = new TreeSet<>();

        Walk(ImageGlob glob, Collection<ImageGlob> others) {
            this.glob = new Positions(List.of(glob.text()));
            this.others = new Positions(others.stream().map(ImageGlob::text).toList());
            for (char c : (this.glob.texts + this.others.texts + ".:/").toCharArray()) {
                alphabet.add(c);
            }
            ORDINARY.chars()
                    .mapToObj(c -> (char) c)
                    .filter(c -> !alphabet.contains(c))
                    .findFirst()
                    .ifPresent(alphabet::add);
        }

        /** Breadth first: the shortest name that the glob matches, and one of the others or none, as {@code byOthers} says. */
        Optional<String> shortest(boolean byOthers) {
            State start = new State(glob.start(), others.start(), NamePlace.START);
            Set<State> seen = new HashSet<>(Set.of(start));
            Queue<Step> queue = new ArrayDeque<>(List.of(new Step(start, "")));
            while (!queue.isEmpty()) {
                Step step = queue.remove();
                State at = step.state();
                if (at.place().complete() && glob.ends(at.glob()) && others.ends(at.others()) == byOthers) {
                    return Optional.of(step.text());
                }
                for (char c : alphabet) {
                    BitSet next = glob.after(at.glob(), c);
                    Optional<NamePlace> place = at.place().after(c);
                    if (next.isEmpty() || place.isEmpty()) {
                        continue;
                    }
                    State to = new State(next, others.after(at.others(), c), place.get());
                    if (seen.add(to)) {
                        queue.add(new Step(to, step.text() + c));
                    }
                }
                if (seen.size() > MOST_STATES) {
                    return Optional.of(step.text());
                }
            }
            return Optional.empty();
        }
    }

    /** The globs' texts in one, each ended by a character that no name has, so that a set of positions is a set of numbers. */
    private static final class Positions {
        private static final char END = '\n';

        private final String texts;
        private final BitSet start = new BitSet();

        Positions(List<String> globs) {
            StringBuilder all = new StringBuilder();
            for (String glob : globs) {
                start.set(all.length());
                all.append(glob).append(END);
            }
            this.texts = all.toString();
            closed(start);
        }

        BitSet start() {
            return start;
        }

        boolean ends(BitSet at) {
            return at.stream().anyMatch(position -> texts.charAt(position) == END);
        }

        BitSet after(BitSet at, char c) {
            BitSet next = new BitSet();
            for (int p = at.nextSetBit(0); p >= 0; p = at.nextSetBit(p + 1)) {
                if (texts.charAt(p) == '*') {
                    if (c != '/' || texts.charAt(p + 1) == '*') {
                        next.set(p);
                    }
                } else if (texts.charAt(p) == c && c != END) {
                    next.set(p + 1);
                }
            }
            closed(next);
            return next;
        }

        /** Adds the positions that a star which takes nothing leads to. */
        private void closed(BitSet at) {
            for (int p = at.nextSetBit(0); p >= 0; p = at.nextSetBit(p + 1)) {
                if (texts.charAt(p) == '*') {
                    at.set(texts.charAt(p + 1) == '*' ? p + 2 : p + 1);
                }
            }
        }
    }
}
