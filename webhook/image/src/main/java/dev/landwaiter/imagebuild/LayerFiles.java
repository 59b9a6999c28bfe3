package dev.landwaiter.imagebuild;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Unpacks layers as a node does, and refuses what must not be in one. */
final class LayerFiles {
    private LayerFiles() {}

    /**
     * Unpacks {@code layer}, a compressed tar, into {@code folder}.
     *
     * @return bytes of all files in it
     */
    static long unpack(Path layer, Path folder) throws IOException {
        long bytes = 0;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(layer));
                TarArchiveInputStream entries = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                check(entry);
                Path place = folder.resolve(entry.getName()).normalize();
                if (!place.startsWith(folder)) {
                    throw new BuildFailure(
                            "Could not unpack a layer: %s lies outside of it.".formatted(entry.getName()));
                }
                if (entry.isDirectory()) {
                    Path _ = Files.createDirectories(place);
                } else {
                    Path _ = Files.createDirectories(place.getParent());
                    bytes += Files.copy(entries, place);
                    Path _ = Files.setPosixFilePermissions(
                            place, PosixFilePermissions.fromString(executable(entry) ? "rwxr-xr-x" : "rw-r--r--"));
                    Path _ = Files.setLastModifiedTime(place, entry.getLastModifiedTime());
                }
            }
        }
        return bytes;
    }

    private static boolean executable(TarArchiveEntry entry) {
        return (entry.getMode() & 0111) != 0;
    }

    /** Everything belongs to root, whom the program is not, and nobody but root may write; nothing runs with more rights than who starts it. */
    private static void check(TarArchiveEntry entry) {
        boolean rootOwns = entry.getLongUserId() == 0 && entry.getLongGroupId() == 0;
        boolean plain = entry.isFile() || entry.isDirectory();
        if (!rootOwns || !plain || (entry.getMode() & 07022) != 0) {
            throw new BuildFailure(
                    "Could not use a layer: %s has mode %o, owner %d:%d. Files and folders of root alone, which nobody else may write and which change no rights, may be in an image."
                            .formatted(
                                    entry.getName(), entry.getMode(), entry.getLongUserId(), entry.getLongGroupId()));
        }
    }
}
