package dev.landwaiter.image;

import dev.landwaiter.limit.Limits;
import java.util.Map;
import java.util.Optional;

/** What a registry keeps under a tag or a digest: a manifest, or an index of manifests. */
public sealed interface OciDocument permits Manifest, Index {
    /** The digest of the bytes that were read. */
    Digest digest();

    /** As the document states it, else as the registry did. */
    String mediaType();

    /** What kind of artifact it is, {@code ""} where it does not say. */
    String artifactType();

    /** What it refers to: a signature's image. */
    Optional<Descriptor> subject();

    Map<String, String> annotations();

    /** The bytes that were read, in number. */
    long size();

    /**
     * Reads a manifest or an index.
     *
     * @param content the bytes, whose digest the caller has checked to be {@code digest}
     * @param contentType what the registry said it is, {@code ""} where it said nothing
     * @param what it is, for messages: {@code manifest of ghcr.io/acme/api:1}
     */
    static OciDocument parse(byte[] content, Digest digest, String contentType, Limits limits, String what) {
        return new OciDocumentParser(limits, what).parse(content, digest, contentType);
    }
}
