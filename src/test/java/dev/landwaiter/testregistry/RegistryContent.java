package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Blobs, manifests and tags of every repository, in memory. Safe for use by many threads. */
public final class RegistryContent {
    static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Stored> blobs = new ConcurrentHashMap<>();
    private final Map<String, Stored> manifests = new ConcurrentSkipListMap<>();
    private final Map<String, Digest> tags = new ConcurrentHashMap<>();

    /** Keeps a blob and gives its SHA-256. */
    public Digest putBlob(String repository, byte[] content) {
        Digest digest = Digest.sha256(content);
        blobs.put(repository + "@" + digest, new Stored("application/octet-stream", digest, content));
        return digest;
    }

    /** Keeps a manifest or index and gives its SHA-256. */
    public Digest putManifest(String repository, String mediaType, byte[] content) {
        Digest digest = Digest.sha256(content);
        manifests.put(repository + "@" + digest, new Stored(mediaType, digest, content));
        return digest;
    }

    /** Keeps {@code content} under {@code claimed}, whatever its digest really is: what a lying registry does. */
    public void putManifestAs(String repository, String mediaType, Digest claimed, byte[] content) {
        manifests.put(repository + "@" + claimed, new Stored(mediaType, claimed, content));
    }

    /** As {@link #putManifestAs}, for a blob. */
    public void putBlobAs(String repository, Digest claimed, byte[] content) {
        blobs.put(repository + "@" + claimed, new Stored("application/octet-stream", claimed, content));
    }

    /** Lets {@code tag} name {@code digest} from now on. */
    public void tag(String repository, String tag, Digest digest) {
        tags.put(repository + ":" + tag, digest);
    }

    public void untag(String repository, String tag) {
        tags.remove(repository + ":" + tag);
    }

    /** By tag or by digest. */
    public Optional<Stored> manifest(String repository, String identifier) {
        Digest digest = tags.get(repository + ":" + identifier);
        return Optional.ofNullable(manifests.get(repository + "@" + (digest == null ? identifier : digest.toString())));
    }

    public Optional<Stored> blob(String repository, String digest) {
        return Optional.ofNullable(blobs.get(repository + "@" + digest));
    }

    /** The descriptors of all manifests of {@code repository} whose subject is {@code subject}, as a referrers API lists them. */
    ArrayNode referrers(String repository, String subject) {
        ArrayNode all = JSON.createArrayNode();
        manifests.forEach((key, stored) -> {
            if (key.startsWith(repository + "@")) {
                JsonNode document = stored.json();
                if (document.path("subject").path("digest").asText().equals(subject)) {
                    all.add(referrer(
                            stored, document, document.path("artifactType").asText("")));
                }
            }
        });
        return all;
    }

    /** The descriptor of a manifest that refers to another. */
    static ObjectNode referrer(Stored stored, JsonNode document, String artifactType) {
        ObjectNode descriptor = JSON.createObjectNode()
                .put("mediaType", stored.mediaType())
                .put("size", stored.content().length)
                .put("digest", stored.digest().toString());
        if (!artifactType.isEmpty()) {
            descriptor.put("artifactType", artifactType);
        }
        if (document.path("annotations").isObject()) {
            descriptor.set("annotations", document.path("annotations"));
        }
        return descriptor;
    }

    static byte[] index(ArrayNode entries) {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX);
        index.set("manifests", entries);
        return bytes(index);
    }

    static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is kept.
     *
     * @param digest under which it is served
     */
    public record Stored(String mediaType, Digest digest, byte[] content) {
        JsonNode json() {
            try {
                return JSON.readTree(content);
            } catch (IOException e) {
                return JSON.missingNode();
            }
        }
    }
}
