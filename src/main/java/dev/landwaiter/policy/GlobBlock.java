package dev.landwaiter.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Globs that are followed through a name together. Each place between two characters of a glob is one bit; a bit that is set says that what
 * stands before it in the glob matches what was read of the name. A character of the name moves all bits at once, 64 with each operation: what
 * matching costs is the name's length times the number of {@link #words}, whatever the globs are. Immutable.
 *
 * @see <a href="https://doi.org/10.1145/135239.135244">Baeza-Yates and Gonnet, A new approach to text searching</a>
 */
final class GlobBlock {
    private static final int ASCII = 128;

    private final int words;
    /** The bit behind the last character of each glob, in their order. */
    private final int[] ends;
    /** The bits of the globs' beginnings. */
    private final long[] start;
    /** Where the globs have stars. */
    private final long[] stars;
    /** Where the globs have stars that take a slash. */
    private final long[] crossing;
    /** No place: where the globs have a character that none of them has. Never written to. */
    private final long[] nowhere;
    /** Where the globs have each character. */
    private final long[][] ascii = new long[ASCII][];

    private final Map<Character, long[]> beyond = new HashMap<>();

    GlobBlock(List<String> globs) {
        this.words = (globs.stream().mapToInt(glob -> glob.length() + 1).sum() + 63) / 64;
        this.ends = new int[globs.size()];
        this.nowhere = new long[words];
        Arrays.fill(ascii, nowhere);
        this.start = new long[words];
        this.stars = new long[words];
        this.crossing = new long[words];
        int at = 0;
        for (int g = 0; g < ends.length; g++) {
            set(start, at);
            ends[g] = add(globs.get(g), at);
            at = ends[g] + 1;
        }
        long over = 0;
        for (int w = 0; w < words; w++) {
            over = open(start, w, over);
        }
    }

    /** Adds a glob from bit {@code from} on; gives the bit behind its last character. A run of stars is one, so that none follows another. */
    private int add(String glob, int from) {
        int at = from;
        int i = 0;
        while (i < glob.length()) {
            int run = i;
            while (run < glob.length() && glob.charAt(run) == '*') {
                run++;
            }
            if (run == i) {
                set(mask(glob.charAt(i)), at);
                i++;
            } else {
                set(stars, at);
                if (run - i > 1) {
                    set(crossing, at);
                }
                i = run;
            }
            at++;
        }
        return at;
    }

    @SuppressWarnings("ReferenceEquality") // of all arrays without a bit, only the shared one must not be written to
    private long[] mask(char c) {
        if (c >= ASCII) {
            return beyond.computeIfAbsent(c, _ -> new long[words]);
        }
        long[] mask = ascii[c];
        if (mask == nowhere) {
            mask = new long[words];
            ascii[c] = mask;
        }
        return mask;
    }

    private static void set(long[] bits, int bit) {
        bits[bit >> 6] |= 1L << bit;
    }

    /** How many operations each character costs. */
    int words() {
        return words;
    }

    /** Tells {@code found} the index of each glob that matches the whole of {@code name} from {@code from} on. */
    void matching(String name, int from, IntConsumer found) {
        long[] at = start.clone();
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            long[] taken = c < ASCII ? ascii[c] : beyond.getOrDefault(c, nowhere);
            if (!step(at, taken, c == '/' ? crossing : stars)) {
                return;
            }
        }
        for (int g = 0; g < ends.length; g++) {
            if ((at[ends[g] >> 6] & 1L << ends[g]) != 0) {
                found.accept(g);
            }
        }
    }

    /**
     * Moves {@code at} by one character; says whether anything is left.
     *
     * @param taken where the globs have that character
     * @param staying the stars that take it
     */
    private boolean step(long[] at, long[] taken, long[] staying) {
        long moved = 0;
        long opened = 0;
        long any = 0;
        for (int w = 0; w < words; w++) {
            long here = at[w];
            long through = here & taken[w];
            at[w] = moved | (here & staying[w]) | (through << 1);
            moved = through >>> 63;
            opened = open(at, w, opened);
            any |= at[w];
        }
        return any != 0;
    }

    /** A star may stand for nothing: adds the bits behind the stars of word {@code w}; gives what goes over into the next one. */
    private long open(long[] at, int w, long over) {
        long open = at[w] & stars[w];
        at[w] |= (open << 1) | over;
        return open >>> 63;
    }
}
