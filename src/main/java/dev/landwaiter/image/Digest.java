package dev.landwaiter.image;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A content digest, {@code sha256:} and 64 or {@code sha512:} and 128 lower-case hex digits.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex the digits
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests">OCI image specification, digests</a>
 */
public record Digest(String algorithm, String hex) {
    /** Never fed, only cloned: asking the security providers for a new one costs as much as a digest of a kilobyte. */
    private static final MessageDigest SHA_256 = unused("SHA-256");

    private static final MessageDigest SHA_512 = unused("SHA-512");
    /** Of a text that is no digest, in characters: longer than the longest digest. */
    private static final int SHOWN = 160;

    public Digest {
        int digits = switch (algorithm) {
            case "sha256" -> 64;
            case "sha512" -> 128;
            default -> throw invalid(algorithm + ":" + hex, "the algorithm is not sha256 or sha512");
        };
        if (hex.length() != digits || !isLowerHex(hex)) {
            throw invalid(algorithm + ":" + hex, "%s takes %d lower-case hex digits".formatted(algorithm, digits));
        }
    }

    /** Reads {@code algorithm:hex}; anything else is an {@link Code#IMAGE_REFERENCE_INVALID}. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw invalid(text, "it has no ':'");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The SHA-256 of {@code content}. */
    public static Digest sha256(byte[] content) {
        return of("sha256", newMessageDigest("sha256").digest(content));
    }

    /** The digest of {@code algorithm} whose raw bytes are {@code raw}. */
    public static Digest of(String algorithm, byte[] raw) {
        return new Digest(algorithm, HexFormat.of().formatHex(raw));
    }

    /** Whether {@code content} has this digest. */
    public boolean matches(byte[] content) {
        return MessageDigest.isEqual(raw(), newMessageDigest().digest(content));
    }

    /** A fresh computation by this digest's algorithm. */
    public MessageDigest newMessageDigest() {
        return newMessageDigest(algorithm);
    }

    /** The raw bytes: 32 or 64 of them. */
    public byte[] raw() {
        return HexFormat.of().parseHex(hex);
    }

    private static MessageDigest newMessageDigest(String algorithm) {
        try {
            return (MessageDigest) ("sha512".equals(algorithm) ? SHA_512 : SHA_256).clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the Java platform's own digests can be cloned", e);
        }
    }

    private static MessageDigest unused(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256 and SHA-512", e);
        }
    }

    /** By hand, as one is made for each image of each request. */
    static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isLowerHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isLowerHexDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    private static Failure invalid(String text, String why) {
        return new Failure(
                Code.IMAGE_REFERENCE_INVALID,
                "Could not read digest \"%s\": %s. Expected: sha256:<64 hex digits>."
                        .formatted(Shown.of(text, SHOWN), why));
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
