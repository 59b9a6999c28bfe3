package dev.landwaiter.sigstore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The head of a log's tree, signed by the log and maybe by witnesses.
 *
 * @param origin the log's name for itself
 * @param rootHash of the tree
 * @param signed the bytes that signatures are over
 * @see <a href="https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md">checkpoints</a>,
 *     <a href="https://github.com/C2SP/C2SP/blob/main/signed-note.md">signed notes</a>
 */
record Checkpoint(String origin, long treeSize, byte[] rootHash, byte[] signed, List<NoteSignature> signatures) {
    private static final int HINT_BYTES = 4;
    private static final String SIGNATURE_LINE = "\u2014 ";

    Checkpoint {
        signatures = List.copyOf(signatures);
    }

    /** One line of the note: {@code hint} are the first bytes of the id of the key that made it. */
    record NoteSignature(String name, byte[] hint, byte[] signature) {}

    /** How many lines {@code note} has where its signatures stand; counted before any of them is read. */
    static long signatureLines(String note) {
        int end = note.indexOf("\n\n");
        return end < 0 ? 0 : note.substring(end + 2).lines().count();
    }

    /** Reads {@code note}; empty where it is none. */
    static Optional<Checkpoint> parse(String note) {
        int end = note.indexOf("\n\n");
        if (end < 0 || end + 2 >= note.length() || !note.endsWith("\n")) {
            return Optional.empty();
        }
        String body = note.substring(0, end + 1);
        String[] lines = body.split("\n", -1);
        String[] signatureLines = note.substring(end + 2, note.length() - 1).split("\n", -1);
        if (lines.length < 4 || lines[0].isEmpty()) {
            return Optional.empty();
        }
        try {
            long treeSize = Long.parseLong(lines[1]);
            byte[] rootHash = Base64.getDecoder().decode(lines[2]);
            if (!Long.toString(treeSize).equals(lines[1]) || rootHash.length != MerkleTree.HASH_BYTES) {
                return Optional.empty();
            }
            List<NoteSignature> signatures = new ArrayList<>();
            for (String line : signatureLines) {
                signatures.add(signature(line));
            }
            return Optional.of(
                    new Checkpoint(lines[0], treeSize, rootHash, body.getBytes(StandardCharsets.UTF_8), signatures));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static NoteSignature signature(String line) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(SIGNATURE_LINE) || space <= SIGNATURE_LINE.length()) {
            throw new IllegalArgumentException("not a signature line");
        }
        String text = line.substring(space + 1);
        byte[] bytes = Base64.getDecoder().decode(text);
        if (bytes.length <= HINT_BYTES
                || !Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("not a signature");
        }
        return new NoteSignature(
                line.substring(SIGNATURE_LINE.length(), space),
                Arrays.copyOf(bytes, HINT_BYTES),
                Arrays.copyOfRange(bytes, HINT_BYTES, bytes.length));
    }

    /**
     * Whether {@code log} signed it, on any line: others may be of witnesses, or of keys that nobody here knows. Rekor v1 signs by its name
     * alone a note whose origin is {@code <name> - <tree id>}.
     */
    boolean signedBy(Log log) {
        byte[] hint = log.hint();
        return signatures.stream()
                .filter(line -> origin.equals(line.name()) || origin.startsWith(line.name() + " - "))
                .filter(line -> Arrays.equals(line.hint(), hint))
                .anyMatch(line -> log.signed(signed, line.signature()));
    }

    /** The log's name: its origin without a tree's id. */
    String logName() {
        int id = origin.indexOf(" - ");
        return id < 0 ? origin : origin.substring(0, id);
    }
}
