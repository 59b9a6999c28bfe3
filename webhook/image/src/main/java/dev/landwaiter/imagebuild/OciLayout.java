package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An OCI image layout in a folder: what is built, of which tars and registries get a copy. */
record OciLayout(Path folder) {
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    /** What describes a blob. */
    record Descriptor(String mediaType, String digest, long size) {
        ObjectNode json() {
            return JSON.createObjectNode()
                    .put("mediaType", mediaType)
                    .put("digest", digest)
                    .put("size", size);
        }
    }

    /** Takes all blobs of {@code tar}, an OCI layout with one image; the digest of that image's manifest. */
    String takeImage(Path tar) throws IOException {
        Path _ = Files.createDirectories(folder.resolve("blobs/sha256"));
        String manifest = "";
        try (InputStream file = new BufferedInputStream(Files.newInputStream(tar));
                TarArchiveInputStream entries = new TarArchiveInputStream(file)) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (entry.getName().matches("blobs/sha256/[0-9a-f]{64}")) {
                    long _ = Files.copy(entries, folder.resolve(entry.getName()), StandardCopyOption.REPLACE_EXISTING);
                } else if (entry.getName().equals("index.json")) {
                    manifest = JSON.readTree(entries.readAllBytes())
                            .at("/manifests/0/digest")
                            .asText();
                }
            }
        }
        return manifest;
    }

    Descriptor put(String mediaType, JsonNode content) throws IOException {
        return put(mediaType, JSON.writeValueAsBytes(content));
    }

    Descriptor put(String mediaType, byte[] content) throws IOException {
        String hex = Digests.sha256(content);
        Path _ = Files.createDirectories(folder.resolve("blobs/sha256"));
        Path _ = Files.write(folder.resolve("blobs/sha256").resolve(hex), content);
        return new Descriptor(mediaType, "sha256:" + hex, content.length);
    }

    ObjectNode read(String digest) throws IOException {
        return (ObjectNode) JSON.readTree(blob(digest).toFile());
    }

    Path blob(String digest) {
        return folder.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    void remove(String digest) throws IOException {
        Files.delete(blob(digest));
    }

    /** Writes what makes the folder a layout. {@code index} is the one thing in it, called {@code name}. */
    void finish(Descriptor index, String name) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        ObjectNode entry = index.json();
        entry.putObject("annotations")
                .put("org.opencontainers.image.ref.name", tag(name))
                .put("io.containerd.image.name", name);
        root.putArray("manifests").add(entry);
        JSON.writeValue(folder.resolve("index.json").toFile(), root);
        Path _ = Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        dockerManifest(index, name);
    }

    /** What versions of docker before 25 load: the first image of the index, in docker's words for the same blobs. */
    private void dockerManifest(Descriptor index, String name) throws IOException {
        JsonNode manifest = read(read(index.digest()).at("/manifests/0/digest").asText());
        ArrayNode root = JSON.createArrayNode();
        ObjectNode image = root.addObject();
        image.put("Config", relative(manifest.at("/config/digest").asText()));
        image.putArray("RepoTags").add(name);
        ArrayNode layers = image.putArray("Layers");
        manifest.path("layers")
                .forEach(layer -> layers.add(relative(layer.path("digest").asText())));
        JSON.writeValue(folder.resolve("manifest.json").toFile(), root);
    }

    private static String relative(String digest) {
        return "blobs/" + digest.replace(':', '/');
    }

    private static String tag(String name) {
        return name.substring(name.lastIndexOf(':') + 1);
    }

    /** Every file of it in one tar. */
    void tar(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Path content : files()) {
                TarArchiveEntry entry =
                        new TarArchiveEntry(folder.relativize(content).toString());
                entry.setSize(Files.size(content));
                entry.setModTime(ImageRoot.TIME);
                tar.putArchiveEntry(entry);
                long _ = Files.copy(content, tar);
                tar.closeArchiveEntry();
            }
        }
    }

    /** Copies it to {@code other}, which becomes a layout. */
    void copy(Path other) throws IOException {
        for (Path file : files()) {
            Path place = other.resolve(folder.relativize(file).toString());
            Path _ = Files.createDirectories(place.getParent());
            Path _ = Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Adds {@code annotations} to {@code node}, a manifest, index or descriptor. */
    static void annotate(ObjectNode node, Map<String, String> annotations) {
        ObjectNode all = node.withObjectProperty("annotations");
        annotations.forEach(all::put);
    }
}
