package dev.landwaiter.fuzzing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damaged copies of an input: the same ones each time. */
final class Mutations {
    /** What parsers stumble over: ends, nesting, numbers that fit nothing, half of a pair, other people's quotes. */
    private static final List<String> TOKENS = List.of(
            "",
            "\0",
            "\n",
            " ",
            "\"",
            "'",
            "\\",
            "{",
            "}",
            "[",
            "]",
            "[[[[[[[[",
            ":",
            ",",
            "=",
            "/",
            "//",
            "@",
            "#",
            "%",
            "..",
            "-",
            "*",
            "**",
            "<",
            ">",
            "null",
            "true",
            "{}",
            "[]",
            "\"\"",
            "0",
            "-1",
            "1e999999999",
            "9223372036854775808",
            "18446744073709551616",
            "NaN",
            "\\ud800",
            "\\u0000",
            "\u202e",
            "\u0130",
            "é",
            "==",
            "AAAA",
            "sha256:",
            "---",
            "&a",
            "*a",
            "!!java.lang.Object",
            "${x}",
            "%s",
            "-----BEGIN ");

    private static final int BYTES = 256;
    /** Longer pieces are not copied: an input stays of its seed's order of size. */
    private static final int PIECE = 64;

    private final SplittableRandom random;
    private final byte[] seed;

    private Mutations(byte[] seed) {
        this.random = new SplittableRandom(Arrays.hashCode(seed));
        this.seed = seed;
    }

    /** {@code count} copies of {@code seed}, each damaged in one, two or four places. */
    static List<byte[]> of(byte[] seed, int count) {
        Mutations mutations = new Mutations(seed);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(mutations.next());
        }
        return all;
    }

    private byte[] next() {
        byte[] input = seed;
        for (int places = 1 << random.nextInt(3); places > 0; places--) {
            input = damaged(input);
        }
        return input;
    }

    private byte[] damaged(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = Math.min(input.length, at + random.nextInt(PIECE));
        return switch (random.nextInt(7)) {
            case 0 -> spliced(input, at, at, token());
            case 1 -> spliced(input, at, end, token());
            case 2 -> spliced(input, at, end, new byte[0]);
            case 3 -> spliced(input, at, Math.min(input.length, at + 1), new byte[] {(byte) random.nextInt(BYTES)});
            case 4 -> Arrays.copyOf(input, at);
            case 5 -> spliced(input, at, at, piece(input));
            default -> spliced(input, at, end, piece(seed));
        };
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] piece(byte[] of) {
        int from = random.nextInt(of.length + 1);
        return Arrays.copyOfRange(of, from, Math.min(of.length, from + random.nextInt(PIECE)));
    }

    /** {@code input} with {@code middle} in the place of what stands from {@code from} to {@code to}. */
    private static byte[] spliced(byte[] input, int from, int to, byte[] middle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + middle.length);
        out.write(input, 0, from);
        out.writeBytes(middle);
        out.write(input, to, input.length - to);
        return out.toByteArray();
    }
}
