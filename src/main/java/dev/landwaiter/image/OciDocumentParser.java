package dev.landwaiter.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ShapedJson;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one manifest or index. A document that another reader could read otherwise is refused, because what is verified here must be what a
 * node runs: one with the fields of both (CVE-2021-41190), one that is not what the registry says it is, and one with keys that some readers
 * take for others.
 */
final class OciDocumentParser {
    private static final String NEXT_STEP = "Push the image again.";
    static final ShapedJson.Complaints COMPLAINTS =
            new ShapedJson.Complaints(Code.REGISTRY_MALFORMED, Code.MANIFEST_MALFORMED, NEXT_STEP);

    /** Of a type in a registry's answer that says something of a document: others, such as application/json, say nothing. */
    private static final String VENDOR = "application/vnd.";

    private static final int SCHEMA = 2;
    private static final int SHOWN = 100;

    private final Limits limits;
    private final String what;

    OciDocumentParser(Limits limits, String what) {
        this.limits = limits;
        this.what = what;
    }

    OciDocument parse(byte[] content, Digest digest, String contentType) {
        JsonNode root =
                new ShapedJson(DocumentShapes.DOCUMENT, limits, Limit.JSON_TOKENS, COMPLAINTS).read(content, what);
        String mediaType = mediaType(root, MediaType.bare(contentType));
        boolean manifest = MediaType.isManifest(mediaType);
        checkKind(root, manifest);
        return manifest
                ? manifest(root, digest, mediaType, content.length)
                : index(root, digest, mediaType, content.length);
    }

    private String mediaType(JsonNode root, String served) {
        String stated = root.path("mediaType").asText("");
        boolean telling = served.startsWith(VENDOR);
        if (telling && !stated.isEmpty() && !stated.equals(served)) {
            throw malformed(
                    "the registry serves it as \"%s\", but it states \"%s\"".formatted(shown(served), shown(stated)));
        }
        String mediaType = stated.isEmpty() ? served : stated;
        if (MediaType.isManifest(mediaType) || MediaType.isIndex(mediaType)) {
            return mediaType;
        }
        if (stated.isEmpty() && !telling && root.path("schemaVersion").asInt() == SCHEMA) {
            return root.has("manifests") ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        }
        throw new Failure(
                Code.MEDIA_TYPE_UNSUPPORTED,
                "Could not read %s: its media type is \"%s\". Only OCI and Docker schema 2 manifests and indexes are supported; push the image again with a current tool."
                        .formatted(what, shown(mediaType)));
    }

    /** That a field is there is enough, were it {@code null}: containerd asks no more either. */
    private void checkKind(JsonNode root, boolean manifest) {
        boolean ofManifest = root.has("config") || root.has("layers");
        if (ofManifest && root.has("manifests")) {
            throw malformed("it has the fields of a manifest and of an index");
        }
        if (manifest ? root.has("manifests") : ofManifest) {
            throw malformed(
                    manifest
                            ? "it has the fields of an index, but is a manifest by its media type"
                            : "it has the fields of a manifest, but is an index by its media type");
        }
        if (root.has("fsLayers")) {
            throw malformed("it has the fields of Docker's schema 1");
        }
        long schema = root.path("schemaVersion").asLong(0);
        // Go programs write 0 where they forgot it
        if (schema != SCHEMA && schema != 0) {
            throw malformed("its schemaVersion is not 2");
        }
    }

    private Manifest manifest(JsonNode root, Digest digest, String mediaType, long size) {
        if (!root.path("config").isObject()) {
            throw malformed("it has no config");
        }
        return new Manifest(
                digest,
                mediaType,
                root.path("artifactType").asText(""),
                descriptor(root.path("config"), "config"),
                descriptors(root.path("layers"), "layers", Integer.MAX_VALUE),
                subject(root),
                annotations(root),
                size);
    }

    private Index index(JsonNode root, Digest digest, String mediaType, long size) {
        return new Index(
                digest,
                mediaType,
                root.path("artifactType").asText(""),
                descriptors(root.path("manifests"), "manifests", limits.count(Limit.INDEX_MANIFESTS)),
                subject(root),
                annotations(root),
                size);
    }

    private @Nullable Descriptor subject(JsonNode root) {
        return root.path("subject").isObject() ? descriptor(root.path("subject"), "subject") : null;
    }

    private List<Descriptor> descriptors(JsonNode array, String field, int most) {
        if (array.size() > most) {
            throw limits.exceeded(Limit.INDEX_MANIFESTS, what);
        }
        List<Descriptor> all = new ArrayList<>();
        for (JsonNode entry : array) {
            all.add(descriptor(entry, field + "[" + all.size() + "]"));
        }
        return all;
    }

    private Descriptor descriptor(JsonNode node, String field) {
        Digest digest;
        try {
            digest = Digest.parse(node.path("digest").asText(""));
        } catch (Failure e) {
            throw malformed("%s.digest is not a digest".formatted(field));
        }
        long size = node.path("size").asLong(-1);
        if (size < 0) {
            throw malformed("%s.size is not a size".formatted(field));
        }
        JsonNode platform = node.path("platform");
        return new Descriptor(
                node.path("mediaType").asText(""),
                digest,
                size,
                platform.isObject() ? platform(platform) : null,
                node.path("artifactType").asText(""),
                annotations(node));
    }

    private static Platform platform(JsonNode node) {
        List<String> features = new ArrayList<>();
        node.path("os.features").forEach(feature -> features.add(feature.asText("")));
        return new Platform(
                node.path("os").asText(""),
                node.path("architecture").asText(""),
                node.path("variant").asText(""),
                node.path("os.version").asText(""),
                features);
    }

    private static Map<String, String> annotations(JsonNode node) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> annotation : node.path("annotations").properties()) {
            all.put(annotation.getKey(), annotation.getValue().asText(""));
        }
        return all;
    }

    private Failure malformed(String why) {
        return new Failure(Code.MANIFEST_MALFORMED, "Could not read %s: %s. %s".formatted(what, why, NEXT_STEP));
    }

    /** Bounded, because it comes from outside. */
    private static String shown(String text) {
        return Shown.of(text, SHOWN);
    }
}
