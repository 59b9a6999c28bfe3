package dev.landwaiter.limit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PEM (RFC 7468) from outside: the core's one reader. A line may end by LF, CR or CRLF; text before, between and after blocks is not read, but
 * known ({@link #alone}); every block is given, whatever its label, for whoever asked to judge. A block that is cut short or damaged is never
 * passed over: whoever put it there counts on it.
 *
 * @param blocks in their order
 * @param alone whether there is nothing but white space around them
 */
public record PemBlocks(List<Block> blocks, boolean alone) {
    /** Several hundred keys, or some dozen certificates. */
    static final int MOST_CHARACTERS = 64 << 10;

    private static final String BEGIN = "-----BEGIN ";
    private static final Pattern BEGINNING = Pattern.compile(BEGIN + "([A-Z0-9 ]{1,64})-----");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    public PemBlocks {
        blocks = List.copyOf(blocks);
    }

    /**
     * One block.
     *
     * @param label {@code PUBLIC KEY}, {@code CERTIFICATE}, …
     * @param der its content, decoded
     */
    public record Block(String label, byte[] der) {
        public Block {
            der = der.clone();
        }

        @Override
        public byte[] der() {
            return der.clone();
        }
    }

    /**
     * Reads {@code text}; it may hold no block at all.
     *
     * @throws IllegalArgumentException where it is too long, or a block is cut short or damaged; its message completes {@code Could not read …: }
     */
    public static PemBlocks parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("it is longer than %d characters".formatted(MOST_CHARACTERS));
        }
        List<Block> blocks = new ArrayList<>();
        boolean alone = true;
        int done = 0;
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, done)) {
            alone &= text.substring(done, begin).isBlank();
            done = block(text, begin, blocks);
        }
        return new PemBlocks(blocks, alone && text.substring(done).isBlank());
    }

    /** Reads the block that begins there; gives where it ends. */
    private static int block(String text, int begin, List<Block> to) {
        Matcher head = BEGINNING.matcher(text).region(begin, text.length());
        String label = head.lookingAt() ? head.group(1) : "";
        int content = label.isEmpty() ? -1 : head.end();
        int end = content < 0 ? -1 : text.indexOf("-----", content);
        String foot = "-----END " + label + "-----";
        if (end < 0 || !text.startsWith(foot, end)) {
            throw new IllegalArgumentException("one of its PEM blocks is cut short");
        }
        to.add(new Block(label, decoded(text.substring(content, end))));
        return end + foot.length();
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(WHITE_SPACE.matcher(base64).replaceAll(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its PEM block is not base64", e);
        }
    }

    /** The one block that {@code text} is, with nothing around it; empty where it is anything else. */
    public static Optional<Block> only(String text) {
        try {
            PemBlocks all = parse(text);
            return all.alone() && all.blocks().size() == 1
                    ? Optional.of(all.blocks().getFirst())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** How many blocks begin in {@code text}, without reading them. */
    public static int count(String text) {
        int count = 0;
        for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
            count++;
        }
        return count;
    }
}
