package dev.landwaiter.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was fetched last, kept from one run to the next in one file of a folder: whole or not at all. It is believed no more than the mirror
 * was: everything in it is checked again when it is read.
 */
final class TufFolder {
    private static final String NAME = "trust-root.json";
    /** The file holds the trust root in Base64, and the metadata that leads to it. */
    private static final int TIMES = 16;

    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final Path file;
    private final Limits limits;

    /**
     * What the file holds.
     *
     * @param at when it was fetched
     */
    record Kept(Instant at, Map<String, byte[]> files) {
        Kept {
            files = Map.copyOf(files);
        }
    }

    TufFolder(Path folder, Limits limits) {
        this.folder = folder;
        this.file = folder.resolve(NAME);
        this.limits = limits;
    }

    /**
     * What was kept; empty where nothing was.
     *
     * @throws Failure {@code TUF_CACHE_UNUSABLE}
     */
    Optional<Kept> read() {
        long most = limits.get(Limit.TRUST_ROOT_BYTES) * TIMES;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(Math.toIntExact(Math.min(most, Integer.MAX_VALUE - 16)) + 1);
            if (content.length > most) {
                throw unusable("it has more than %d bytes.".formatted(most), null);
            }
            return Optional.of(parse(content));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable("it cannot be read (%s).".formatted(words(e)), e);
        }
    }

    /** As {@link #read}, of what the file holds. */
    Kept parse(byte[] content) {
        JsonNode tree = new BoundedJson(limits).read(content, Code.TUF_CACHE_UNUSABLE, "\"" + file + "\"");
        try {
            Map<String, byte[]> files = new HashMap<>();
            for (Map.Entry<String, JsonNode> one : tree.path("files").properties()) {
                if (!one.getValue().isTextual()) {
                    throw unusable("its entry \"%s\" is no text.".formatted(one.getKey()), null);
                }
                files.put(one.getKey(), one.getValue().binaryValue());
            }
            return new Kept(Instant.parse(tree.path("refreshed").asText()), files);
        } catch (IOException | DateTimeException e) {
            throw unusable("it is not what was written there.", e);
        }
    }

    /**
     * Keeps {@code last} in place of what was kept.
     *
     * @throws Failure {@code TUF_CACHE_UNUSABLE}; what was kept is then kept further on
     */
    void write(LastGood last) {
        ObjectNode tree = JSON.createObjectNode().put("refreshed", last.at().toString());
        ObjectNode files = tree.putObject("files");
        new TreeMap<>(last.files()).forEach(files::put);
        try {
            // a name of its own: other replicas may write to the same folder
            Path beside = Files.createTempFile(folder, "." + NAME, ".tmp");
            try {
                write(beside, JSON.writeValueAsBytes(tree));
                Path _ = Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                delete(beside);
                throw e;
            }
        } catch (IOException e) {
            throw new Failure(
                    Code.TUF_CACHE_UNUSABLE,
                    "Could not keep the trust root in \"%s\": it cannot be written (%s). Give --tuf-cache a folder that can be written; the trust root is in force all the same, until the next start."
                            .formatted(file, words(e)),
                    e);
        }
    }

    private static void write(Path beside, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                int _ = out.write(bytes);
            }
            // before it takes the name: after a crash of the machine it is whole, or the old one
            out.force(true);
        }
    }

    private static String words(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static void delete(Path file) {
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException e) {
            // the failure that is told is the one before
            return;
        }
    }

    private Failure unusable(String why, @Nullable Exception cause) {
        return new Failure(
                Code.TUF_CACHE_UNUSABLE,
                "Could not use \"%s\": %s It was passed over, and is written again after the next refresh that succeeds."
                        .formatted(file, why),
                cause);
    }

    /** The failure of a file whose content must not be believed. */
    Failure notBelieved(MirrorProblem problem) {
        return unusable("what it holds leads to no trust root: " + problem.why(), problem);
    }
}
