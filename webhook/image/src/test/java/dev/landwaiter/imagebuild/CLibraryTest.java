package dev.landwaiter.imagebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CLibraryTest {
    private static final String LOADER = "/lib64/ld-linux-x86-64.so.2";

    @TempDir
    private Path sysroot;

    /** A small ELF file: two program headers, then the dynamic section, then names. */
    private static byte[] elf(Target target, String interpreter, List<String> needed) {
        ByteBuffer file = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).putShort(18, (short) target.machine());
        file.putLong(32, 64).putShort(56, (short) 3);
        int names = 1024;
        int dynamic = 512;
        byte[] loader = (interpreter + "\0").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer _ = file.put(1536, loader);
        header(file, 64, 1, 0, 0x1000, 2048);
        header(file, 120, 2, dynamic, 0x1000 + dynamic, 256);
        header(file, 176, interpreter.isEmpty() ? 4 : 3, 1536, 0, loader.length);
        int at = dynamic;
        int name = 1;
        for (String library : needed) {
            file.putLong(at, 1).putLong(at + 8, name);
            byte[] text = (library + "\0").getBytes(StandardCharsets.US_ASCII);
            ByteBuffer _ = file.put(names + name, text);
            name += text.length;
            at += 16;
        }
        file.putLong(at, 5).putLong(at + 8, 0x1000 + names);
        return file.array();
    }

    private static void header(ByteBuffer file, int at, int type, long offset, long address, long size) {
        file.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, address).putLong(at + 32, size);
    }

    private Path put(String path, byte[] content) throws IOException {
        Path file = sysroot.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    @Test
    void whatALibraryNeedsIsFoundThroughOthers() throws IOException {
        Path java = put("jre/bin/java", elf(Target.AMD64, LOADER, List.of("libjli.so", "libc.so.6")));
        Path own = put("jre/lib/libjli.so", elf(Target.AMD64, "", List.of("libm.so.6")));
        Path _ = put("lib64/ld-linux-x86-64.so.2", elf(Target.AMD64, "", List.of()));
        Path _ = put("usr/lib/x86_64-linux-gnu/libc.so.6", elf(Target.AMD64, LOADER, List.of("ld-linux-x86-64.so.2")));
        Path _ = put("lib64/libm.so.6", elf(Target.AMD64, "", List.of("libc.so.6")));

        assertThat(new CLibrary(Target.AMD64, sysroot).neededBy(List.of(java, own)))
                .containsOnlyKeys(
                        "lib64/ld-linux-x86-64.so.2",
                        "lib/x86_64-linux-gnu/libc.so.6",
                        "lib/x86_64-linux-gnu/libm.so.6")
                .containsEntry("lib/x86_64-linux-gnu/libm.so.6", sysroot.resolve("lib64/libm.so.6"));
    }

    @Test
    void aMissingLibraryIsNamedWithWhoNeedsIt() throws IOException {
        Path java = put("jre/bin/java", elf(Target.AMD64, "", List.of("libz.so.1")));

        assertThatThrownBy(() -> new CLibrary(Target.AMD64, sysroot).neededBy(List.of(java)))
                .isInstanceOf(BuildFailure.class)
                .hasMessage(
                        "Could not find libz.so.1, which %s needs, in the library folders of %s. Install the C library for linux/amd64 there, or give another --sysroot.",
                        java, sysroot);
    }

    @Test
    void aFileForAnotherProcessorIsRefused() throws IOException {
        Path java = put("jre/bin/java", elf(Target.ARM64, "", List.of()));

        assertThatThrownBy(() -> new CLibrary(Target.AMD64, sysroot).neededBy(List.of(java)))
                .isInstanceOf(BuildFailure.class)
                .hasMessageContaining("made for another processor (ELF machine 183, not 62)");
    }

    @Test
    void noImageWithoutTheLicences() throws IOException {
        assertThatThrownBy(() -> new CLibrary(Target.AMD64, sysroot).licences())
                .isInstanceOf(BuildFailure.class)
                .hasMessageContaining("may not be passed on without it");

        Path copyright = put("usr/share/doc/libc6/copyright", new byte[] {1});

        assertThat(new CLibrary(Target.AMD64, sysroot).licences())
                .containsEntry("usr/share/doc/libc6/copyright", copyright);
    }

    @Test
    void whatIsStrippedIsLoadedAsBefore() throws IOException {
        byte[] whole = Arrays.copyOf(elf(Target.AMD64, LOADER, List.of("libc.so.6")), 4096);

        Path stripped = put("stripped", ElfFile.stripped(whole));

        assertThat(stripped).hasSize(2048);
        assertThat(ElfFile.read(stripped)).isEqualTo(ElfFile.read(put("whole", whole)));
        assertThat(ElfFile.stripped(new byte[] {1, 2})).containsExactly(1, 2);
    }

    @Test
    void thisMachinesOwnJavaNeedsTheCLibrary() throws IOException {
        ElfFile java = ElfFile.read(Path.of(System.getProperty("java.home"), "bin", "java"))
                .orElseThrow();

        assertThat(java.needed()).contains("libc.so.6");
        assertThat(java.interpreter()).isPresent();
        assertThat(java.machine()).isEqualTo(Target.ofThisMachine().machine());
    }
}
