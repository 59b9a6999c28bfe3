package dev.landwaiter.imagebuild;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredJarTest {
    private static final String MANIFEST = "Manifest-Version: 1.0\r\nImplementation-Title: a\r\n\r\n";
    private static final String SIGNED = MANIFEST + "Name: a/A.class\r\nSHA-256-Digest: AAAA\r\n\r\n";

    @TempDir
    private Path folder;

    private int made;

    private Path jar(Map<String, String> entries) throws IOException {
        Path file = folder.resolve("lib-%d.jar".formatted(made++));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(UTF_8));
            }
        }
        return file;
    }

    private Path repacked(Path jar) throws IOException {
        Path file = folder.resolve("repacked-" + made++ + ".jar");
        StoredJar.read(jar, Target.AMD64).write(file);
        return file;
    }

    @Test
    void entriesAreStoredAndTheManifestIsTheFirst() throws IOException {
        try (ZipFile zip = new ZipFile(repacked(jar(Map.of("a/A.class", "class", JarFile.MANIFEST_NAME, MANIFEST)))
                .toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly(JarFile.MANIFEST_NAME, "a/A.class");
            assertThat(zip.stream().map(ZipEntry::getMethod)).containsOnly(ZipEntry.STORED);
        }
    }

    @Test
    void signaturesAreGoneAndOtherWordsOfTheManifestStay() throws IOException {
        Map<String, String> signed = new LinkedHashMap<>(Map.of(
                JarFile.MANIFEST_NAME,
                SIGNED,
                "META-INF/BC.SF",
                "signature file",
                "META-INF/BC.RSA",
                "signature",
                "META-INF/LICENSE",
                "licence",
                "a/A.class",
                "class"));

        try (JarFile read = new JarFile(repacked(jar(signed)).toFile())) {
            assertThat(read.stream().map(ZipEntry::getName))
                    .containsExactly(JarFile.MANIFEST_NAME, "META-INF/LICENSE", "a/A.class");
            assertThat(read.getManifest().getEntries()).isEmpty();
            assertThat(read.getManifest().getMainAttributes().getValue("Implementation-Title"))
                    .isEqualTo("a");
        }
    }

    @Test
    void theSameContentInAnotherOrderAndOfAnotherTimeIsTheSameFile() throws IOException {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("a/A.class", "class");
        one.put("b/B.class", "other");
        Map<String, String> two = new LinkedHashMap<>();
        two.put("b/B.class", "other");
        two.put("a/A.class", "class");

        assertThat(repacked(jar(one))).hasSameBinaryContentAs(repacked(jar(two)));
    }

    @Test
    void nativeLibrariesOfThePlatformAreTakenOutAndThoseOfOthersLeftOut() throws IOException {
        StoredJar jar = StoredJar.read(
                jar(Map.of(
                        "META-INF/native/libnetty_linux_x86_64.so", "amd64",
                        "META-INF/native/libnetty_linux_aarch_64.so", "arm64",
                        "META-INF/native/netty_windows_x86_64.dll", "windows",
                        "META-INF/LICENSE", "licence")),
                Target.AMD64);

        assertThat(jar.natives()).containsOnlyKeys("libnetty_linux_x86_64.so");
        assertThat(jar.entries()).containsOnlyKeys("META-INF/LICENSE");
        assertThat(jar.useful()).as("there is nothing left for a class path").isFalse();
    }

    @Test
    void theProgramSaysItsVersion() throws IOException {
        Path file = folder.resolve("versioned.jar");
        StoredJar.read(jar(Map.of("a/A.class", "class", JarFile.MANIFEST_NAME, MANIFEST)), Target.AMD64)
                .versioned("1.2.3")
                .write(file);

        try (JarFile read = new JarFile(file.toFile())) {
            assertThat(read.getManifest().getMainAttributes().getValue("Implementation-Version"))
                    .isEqualTo("1.2.3");
            assertThat(read.getManifest().getMainAttributes().getValue("Implementation-Title"))
                    .isEqualTo("a");
        }
    }

    @Test
    void servicesAloneAreOfUse() throws IOException {
        assertThat(StoredJar.read(jar(Map.of("META-INF/services/a.B", "a.C")), Target.AMD64)
                        .useful())
                .isTrue();
        assertThat(List.of(Target.AMD64, Target.ARM64)).allMatch(target -> !target.owns("libnetty.so"));
    }
}
