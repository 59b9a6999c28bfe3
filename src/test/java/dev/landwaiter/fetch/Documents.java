package dev.landwaiter.fetch;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;

/** Manifests and indexes as text. */
final class Documents {
    private Documents() {}

    /** A manifest of an image whose configuration is {@code config} of {@code size}. */
    static String manifest(Digest config, int size) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]}"
                .formatted(MediaType.OCI_MANIFEST, MediaType.OCI_CONFIG, config, size);
    }

    /** A manifest that differs from others by {@code name}. */
    static String manifest(String name) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":2},\"layers\":[],\"annotations\":{\"name\":\"%s\"}}"
                .formatted(MediaType.OCI_MANIFEST, MediaType.OCI_EMPTY, Digest.sha256(new byte[] {'{', '}'}), name);
    }

    /** An index of {@link #entry entries}. */
    static String index(String... entries) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(MediaType.OCI_INDEX, String.join(",", entries));
    }

    static String entry(String mediaType, Digest digest, String os, String architecture) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1,\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}}"
                .formatted(mediaType, digest, os, architecture);
    }

    static String entry(String mediaType, Digest digest) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(mediaType, digest);
    }
}
