package dev.landwaiter.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one manifest or index. A document that could be read as both, or that is not what the registry said it is, is refused:
 * two readers would see two images (CVE-2021-41190).
 */
final class OciDocumentParser {
    /** Of a text that the image's owner chose, in characters. */
    private static final int SHOWN = 100;

    private final Limits limits;
    private final String what;

    OciDocumentParser(Limits limits, String what) {
        this.limits = limits;
        this.what = what;
    }

    OciDocument parse(byte[] content, Digest digest, String contentType) {
        JsonNode root = new BoundedJson(limits).read(content, Code.REGISTRY_MALFORMED, what);
        if (!root.isObject()) {
            throw malformed("it is not a JSON object");
        }
        String mediaType = mediaType(root, MediaType.bare(contentType));
        boolean manifest = MediaType.isManifest(mediaType);
        if (manifest ? root.has("manifests") : root.has("layers") || root.has("config")) {
            throw malformed("it has the fields of a manifest and of an index");
        }
        return manifest
                ? manifest(root, digest, mediaType, content.length)
                : index(root, digest, mediaType, content.length);
    }

    private String mediaType(JsonNode root, String served) {
        String stated = root.path("mediaType").asText("");
        String mediaType = stated.isEmpty() ? served : stated;
        if (!MediaType.isManifest(mediaType) && !MediaType.isIndex(mediaType)) {
            if (stated.isEmpty() && root.path("schemaVersion").asInt() == 2) {
                mediaType = root.has("manifests") ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
            } else {
                throw new Failure(
                        Code.MEDIA_TYPE_UNSUPPORTED,
                        "Could not read %s: its media type is \"%s\". Only OCI and Docker schema 2 manifests and indexes are supported; push the image again with a current tool."
                                .formatted(what, shown(mediaType)));
            }
        }
        boolean known = MediaType.isManifest(served) || MediaType.isIndex(served);
        if (known && !stated.isEmpty() && MediaType.isManifest(served) != MediaType.isManifest(stated)) {
            throw malformed("the registry serves it as \"%s\", but it states \"%s\"".formatted(served, shown(stated)));
        }
        return mediaType;
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
                platform.isObject()
                        ? new Platform(
                                platform.path("os").asText(""),
                                platform.path("architecture").asText(""),
                                platform.path("variant").asText(""))
                        : null,
                node.path("artifactType").asText(""),
                annotations(node));
    }

    private static Map<String, String> annotations(JsonNode node) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> annotation : node.path("annotations").properties()) {
            all.put(annotation.getKey(), annotation.getValue().asText());
        }
        return all;
    }

    private Failure malformed(String why) {
        return new Failure(
                Code.REGISTRY_MALFORMED, "Could not read %s: %s. Push the image again.".formatted(what, why));
    }

    private static String shown(String text) {
        return Shown.of(text, SHOWN);
    }
}
