package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a 64-bit little-endian ELF file says it needs: what {@code ldd} reads, but of files for any processor.
 *
 * @param machine {@code e_machine}
 * @param interpreter the path of the loader that a program asks for
 * @param needed names of the libraries, {@code DT_NEEDED}
 */
record ElfFile(int machine, Optional<String> interpreter, List<String> needed) {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int INTERPRETER = 3;
    private static final int NEEDED = 1;
    private static final int STRINGS = 5;

    ElfFile {
        needed = List.copyOf(needed);
    }

    /** Reads {@code file}, or nothing where it is no such file. */
    static Optional<ElfFile> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        return isElf(bytes) ? Optional.of(new Reader(bytes).read()) : Optional.empty();
    }

    /**
     * {@code file} without what only debuggers read: names of functions and the table of sections, which stand behind everything that is loaded. What is no
     * such file is returned as it is.
     */
    static byte[] stripped(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
        if (!isElf(bytes)) {
            return file;
        }
        long end = new Reader(bytes)
                .segments().stream()
                        .filter(segment -> segment.type() == LOAD)
                        .mapToLong(segment -> segment.offset() + segment.size())
                        .max()
                        .orElse(file.length);
        // no table of sections: its place, how many there are, which of them names them
        ByteBuffer _ = bytes.putLong(40, 0).putShort(60, (short) 0).putShort(62, (short) 0);
        byte[] loaded = new byte[Math.toIntExact(end)];
        ByteBuffer _ = bytes.get(0, loaded);
        return loaded;
    }

    /** 0x7f 'E' 'L' 'F', 64 bits, little-endian. */
    private static boolean isElf(ByteBuffer bytes) {
        return bytes.limit() >= HEADER && bytes.getInt(0) == 0x464c457f && bytes.get(4) == 2 && bytes.get(5) == 1;
    }

    /** A segment of the file, as its program header says. */
    private record Segment(int type, long offset, long address, long size) {}

    private record Reader(ByteBuffer bytes) {
        ElfFile read() {
            List<Segment> segments = segments();
            Optional<String> interpreter = Optional.empty();
            List<String> needed = List.of();
            for (Segment segment : segments) {
                switch (segment.type()) {
                    case INTERPRETER -> interpreter = Optional.of(text(segment.offset()));
                    case DYNAMIC -> needed = needed(segment, segments);
                    default -> {
                        // of no interest
                    }
                }
            }
            return new ElfFile(Short.toUnsignedInt(bytes.getShort(18)), interpreter, needed);
        }

        private List<Segment> segments() {
            int table = Math.toIntExact(bytes.getLong(32));
            int count = Short.toUnsignedInt(bytes.getShort(56));
            List<Segment> segments = new ArrayList<>();
            for (int at = table; at < table + count * PROGRAM_HEADER; at += PROGRAM_HEADER) {
                segments.add(new Segment(
                        bytes.getInt(at), bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 32)));
            }
            return segments;
        }

        private List<String> needed(Segment dynamic, List<Segment> segments) {
            List<Long> names = new ArrayList<>();
            long strings = 0;
            for (long at = dynamic.offset(); at < dynamic.offset() + dynamic.size(); at += 16) {
                long tag = bytes.getLong(Math.toIntExact(at));
                long value = bytes.getLong(Math.toIntExact(at + 8));
                if (tag == 0) {
                    break;
                }
                if (tag == NEEDED) {
                    names.add(value);
                } else if (tag == STRINGS) {
                    strings = offset(value, segments);
                }
            }
            long start = strings;
            return names.stream().map(name -> text(start + name)).toList();
        }

        /** Where in the file stands what is loaded at {@code address}. */
        private static long offset(long address, List<Segment> segments) {
            return segments.stream()
                    .filter(segment -> segment.type() == LOAD
                            && address >= segment.address()
                            && address < segment.address() + segment.size())
                    .mapToLong(segment -> address - segment.address() + segment.offset())
                    .findFirst()
                    .orElseThrow(() -> new BuildFailure("Could not read an ELF file: its table of names is nowhere."));
        }

        private String text(long offset) {
            int start = Math.toIntExact(offset);
            int end = start;
            while (bytes.get(end) != 0) {
                end++;
            }
            byte[] text = new byte[end - start];
            ByteBuffer _ = bytes.get(start, text);
            return new String(text, StandardCharsets.US_ASCII);
        }
    }
}
