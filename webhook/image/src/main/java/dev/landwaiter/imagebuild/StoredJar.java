package dev.landwaiter.imagebuild;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A jar as it stands in the image: stored, because the layer is compressed as a whole; without signatures, because an AOT cache passes over classes of
 * signed jars; in one order and of one time, so that the same content is the same file; and without native libraries, which have a folder of their own.
 *
 * @param entries what is left, by name
 * @param natives those for the image's platform, by file name
 */
record StoredJar(Map<String, byte[]> entries, Map<String, byte[]> natives) {
    /** Before which zip files have no time. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    StoredJar {
        entries = new TreeMap<>(entries);
        natives = new TreeMap<>(natives);
    }

    static StoredJar read(Path jar, Target target) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        Map<String, byte[]> natives = new TreeMap<>();
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                if (entry.isDirectory() || isSignature(entry.getName())) {
                    continue;
                }
                byte[] content = file.getInputStream(entry).readAllBytes();
                if (!isNative(entry.getName())) {
                    entries.put(entry.getName(), content);
                } else if (target.owns(entry.getName())
                        || target.owns(jar.getFileName().toString())) {
                    natives.put(Path.of(entry.getName()).getFileName().toString(), content);
                }
            }
        }
        entries.computeIfPresent(JarFile.MANIFEST_NAME, (_, manifest) -> withoutDigests(manifest));
        return new StoredJar(entries, natives);
    }

    /** Whether there is something for a class path in it: jars that bring native libraries alone have nothing left but words about themselves. */
    boolean useful() {
        return entries.keySet().stream()
                .anyMatch(name -> !name.startsWith("META-INF/") || name.startsWith("META-INF/services/"));
    }

    /** The same, whose packages say that they are of {@code version}. */
    StoredJar versioned(String version) throws IOException {
        Manifest manifest =
                new Manifest(new ByteArrayInputStream(entries.getOrDefault(JarFile.MANIFEST_NAME, new byte[0])));
        Attributes main = manifest.getMainAttributes();
        Object _ = main.putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        Object _ = main.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        manifest.write(out);
        Map<String, byte[]> changed = new TreeMap<>(entries);
        byte[] _ = changed.put(JarFile.MANIFEST_NAME, out.toByteArray());
        return new StoredJar(changed, natives);
    }

    void write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            List<String> names = new ArrayList<>(entries.keySet());
            // the manifest comes first: who reads a jar as a stream expects it there
            names.sort(Comparator.comparing((String name) -> !name.equals(JarFile.MANIFEST_NAME))
                    .thenComparing(Comparator.naturalOrder()));
            for (String name : names) {
                store(zip, name, entries.getOrDefault(name, new byte[0]));
            }
        }
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static boolean isSignature(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.matches("META-INF/([^/]*\\.(SF|RSA|DSA|EC)|SIG-[^/]*)");
    }

    private static boolean isNative(String name) {
        return name.toLowerCase(Locale.ROOT).matches(".*\\.(so|dll|dylib|jnilib)");
    }

    /** A manifest without the digests of a signature, which are most of it and mean nothing once the signature is gone. */
    private static byte[] withoutDigests(byte[] bytes) {
        try {
            Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
            if (manifest.getEntries().values().stream().noneMatch(StoredJar::hasDigest)) {
                return bytes;
            }
            manifest.getEntries().values().removeIf(StoredJar::hasDigest);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            manifest.write(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new BuildFailure("Could not read a jar's manifest: " + e.getMessage(), e);
        }
    }

    private static boolean hasDigest(Attributes attributes) {
        return attributes.keySet().stream().anyMatch(name -> name.toString().endsWith("-Digest"));
    }
}
