package dev.landwaiter.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Files of certificates and keys: what they hold, and how it is told apart. */
final class FileContent {
    private FileContent() {}

    static byte[] read(Path file, String what) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CertificateInvalid(
                    "Could not read %s \"%s\": %s. Check the path and its permissions.".formatted(what, file, why(e)),
                    e);
        }
    }

    /** An exception on a file often has the path alone as its message. */
    private static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "this process may not read it";
            default -> e.getClass().getSimpleName();
        };
    }

    /** The hex SHA-256 of all {@code contents} in their order. */
    static String digest(byte[]... contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] content : contents) {
                digest.update((content.length + "\0").getBytes(StandardCharsets.US_ASCII));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
