package dev.landwaiter.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The globs of many policies as one automaton, so that what a name costs does not grow with the number of policies that are not for it. The
 * globs' beginnings, up to the first star, are a tree that a name walks down once. What follows the first star is mostly nothing, or one star
 * more; where it is not, a {@link GlobBlock} follows the globs that begin alike together. Immutable.
 */
final class GlobSet {
    /** Of canonical names, and of stars. A glob with any other character is for no image. */
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789._-/:[]*";

    private static final int[] NONE = {};

    private final Node root;

    private GlobSet(Node root) {
        this.root = root;
    }

    /** The globs of each of {@code owners}, who are told by their index. */
    static GlobSet of(List<List<ImageGlob>> owners) {
        List<Beginning> beginnings = new ArrayList<>();
        for (int owner = 0; owner < owners.size(); owner++) {
            for (ImageGlob glob : owners.get(owner)) {
                if (glob.text().chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
                    beginnings.add(Beginning.of(glob.text(), owner));
                }
            }
        }
        beginnings.sort(Comparator.comparing(Beginning::text));
        return new GlobSet(Node.of(beginnings, 0, 0));
    }

    /** What of a glob is left behind its beginning. */
    private enum Left {
        NOTHING,
        /** One star. */
        SEGMENT,
        /** Two stars or more. */
        ALL,
        MORE
    }

    /** A glob up to its first star, and the rest of it. */
    private record Beginning(String text, String rest, int owner) {
        static Beginning of(String glob, int owner) {
            int star = glob.indexOf('*');
            return star < 0
                    ? new Beginning(glob, "", owner)
                    : new Beginning(glob.substring(0, star), glob.substring(star), owner);
        }

        Left left() {
            if (rest.isEmpty()) {
                return Left.NOTHING;
            }
            if (!rest.chars().allMatch(c -> c == '*')) {
                return Left.MORE;
            }
            return rest.length() == 1 ? Left.SEGMENT : Left.ALL;
        }
    }

    /**
     * A place in the tree.
     *
     * @param text what leads here from the parent
     * @param children in the order of their texts, of which no two begin alike
     * @param whole the owners of globs that end here
     * @param segment the owners of globs of which one star is left
     * @param all the owners of globs of which two stars are left
     * @param rest the globs of which more is left; null for none
     * @param ofRest the owners of those
     */
    private record Node(
            String text,
            Node[] children,
            int[] whole,
            int[] segment,
            int[] all,
            @Nullable GlobBlock rest,
            int[] ofRest) {
        /**
         * The tree of {@code sorted}, which are the same up to {@code depth}.
         *
         * @param parent the depth of the parent
         */
        static Node of(List<Beginning> sorted, int parent, int depth) {
            int here = 0;
            while (here < sorted.size() && sorted.get(here).text().length() == depth) {
                here++;
            }
            List<Beginning> ending = sorted.subList(0, here);
            List<Beginning> more =
                    ending.stream().filter(one -> one.left() == Left.MORE).toList();
            return new Node(
                    sorted.isEmpty() ? "" : sorted.getFirst().text().substring(parent, depth),
                    children(sorted.subList(here, sorted.size()), depth),
                    owners(ending, Left.NOTHING),
                    owners(ending, Left.SEGMENT),
                    owners(ending, Left.ALL),
                    more.isEmpty()
                            ? null
                            : new GlobBlock(more.stream().map(Beginning::rest).toList()),
                    owners(more, Left.MORE));
        }

        private static int[] owners(List<Beginning> ending, Left left) {
            return ending.stream()
                    .filter(one -> one.left() == left)
                    .mapToInt(Beginning::owner)
                    .toArray();
        }

        private static Node[] children(List<Beginning> sorted, int depth) {
            List<Node> children = new ArrayList<>();
            int from = 0;
            while (from < sorted.size()) {
                String first = sorted.get(from).text();
                int to = from;
                while (to < sorted.size() && sorted.get(to).text().charAt(depth) == first.charAt(depth)) {
                    to++;
                }
                int common = depth;
                String last = sorted.get(to - 1).text();
                while (common < first.length()
                        && common < last.length()
                        && first.charAt(common) == last.charAt(common)) {
                    common++;
                }
                children.add(of(sorted.subList(from, to), depth, common));
                from = to;
            }
            return children.toArray(Node[]::new);
        }

        @Nullable
        Node child(char first) {
            int low = 0;
            int high = children.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int compared = Character.compare(children[middle].text().charAt(0), first);
                if (compared == 0) {
                    return children[middle];
                }
                low = compared < 0 ? middle + 1 : low;
                high = compared < 0 ? high : middle - 1;
            }
            return null;
        }
    }

    /** The owners of the globs that match the whole of {@code name}, ascending. */
    int[] matching(String name) {
        int[] found = matching(name, Long.MAX_VALUE);
        return found == null ? NONE : found;
    }

    /** As {@link #matching(String)}; null where that takes more than {@code most} operations besides those of one walk along the name. */
    int @Nullable [] matching(String name, long most) {
        Owners owners = new Owners();
        long left = most;
        int lastSlash = name.lastIndexOf('/');
        int at = 0;
        Node node = root;
        while (true) {
            if (at == name.length()) {
                owners.add(node.whole());
            }
            if (lastSlash < at) {
                owners.add(node.segment());
            }
            owners.add(node.all());
            GlobBlock rest = node.rest();
            if (rest != null) {
                left -= (long) rest.words() * (name.length() - at);
                if (left < 0) {
                    return null;
                }
                int[] ofRest = node.ofRest();
                rest.matching(name, at, glob -> owners.add(ofRest[glob]));
            }
            Node next = at < name.length() ? node.child(name.charAt(at)) : null;
            if (next == null || !name.startsWith(next.text(), at)) {
                break;
            }
            at += next.text().length();
            node = next;
        }
        return owners.sorted();
    }

    /** Owners found so far; one may be found by several of its globs. */
    private static final class Owners {
        private int[] found = NONE;
        private int count;

        void add(int[] owners) {
            for (int owner : owners) {
                add(owner);
            }
        }

        void add(int owner) {
            if (count == found.length) {
                found = Arrays.copyOf(found, Math.max(8, 2 * count));
            }
            found[count++] = owner;
        }

        int[] sorted() {
            return Arrays.stream(found, 0, count).sorted().distinct().toArray();
        }
    }
}
