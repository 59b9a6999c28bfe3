package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Pushes images, indexes and artifacts into a {@link RegistryContent}: each image differs from every other unless told. */
public final class TestImages {
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final RegistryContent content;
    private final String host;
    private final boolean referrersApi;

    /** @param referrersApi whether the registry has it; without it a fallback tag is kept for whatever refers to something */
    TestImages(RegistryContent content, String host, boolean referrersApi) {
        this.content = content;
        this.host = host;
        this.referrersApi = referrersApi;
    }

    /** An image of linux/amd64 with one tiny layer, to be completed and pushed. */
    public ImageBuilder image(String repository) {
        return new ImageBuilder(repository);
    }

    /** An index, to be completed and pushed. */
    public IndexBuilder index(String repository) {
        return new IndexBuilder(repository);
    }

    /** An artifact: a manifest with the empty config, to be completed and pushed. */
    public ArtifactBuilder artifact(String repository) {
        return new ArtifactBuilder(repository);
    }

    private static ObjectNode object() {
        return RegistryContent.JSON.createObjectNode();
    }

    private static ObjectNode descriptor(String mediaType, Digest digest, long size) {
        return object().put("mediaType", mediaType).put("size", size).put("digest", digest.toString());
    }

    private ObjectNode blob(String repository, String mediaType, byte[] bytes) {
        return descriptor(mediaType, content.putBlob(repository, bytes), bytes.length);
    }

    private Pushed push(String repository, String tag, String mediaType, ObjectNode document) {
        byte[] bytes = RegistryContent.bytes(document);
        Digest digest = content.putManifest(repository, mediaType, bytes);
        if (!tag.isEmpty()) {
            content.tag(repository, tag, digest);
        }
        return new Pushed(host, repository, tag, digest, mediaType, bytes.length);
    }

    private static ObjectNode map(Map<String, String> entries) {
        ObjectNode node = object();
        entries.forEach(node::put);
        return node;
    }

    /** An image of one platform. */
    public final class ImageBuilder {
        private final String repository;
        private final Map<String, String> labels = new LinkedHashMap<>();
        private String tag = "";
        private String os = "linux";
        private String architecture = "amd64";
        private boolean docker;
        private String layer = "layer " + SERIAL.incrementAndGet();

        private ImageBuilder(String repository) {
            this.repository = repository;
        }

        public ImageBuilder tag(String name) {
            tag = name;
            return this;
        }

        public ImageBuilder label(String key, String value) {
            labels.put(key, value);
            return this;
        }

        public ImageBuilder platform(String ofOs, String ofArchitecture) {
            os = ofOs;
            architecture = ofArchitecture;
            return this;
        }

        /** With Docker's media types instead of OCI's. */
        public ImageBuilder docker() {
            docker = true;
            return this;
        }

        /** The one layer's content: images of the same layer, labels and platform are the same image. */
        public ImageBuilder layer(String text) {
            layer = text;
            return this;
        }

        public Pushed push() {
            ObjectNode config = object().put("architecture", architecture).put("os", os);
            config.set("config", object().set("Labels", map(labels)));
            byte[] layerBytes = layer.getBytes(StandardCharsets.UTF_8);
            ObjectNode rootfs = object().put("type", "layers");
            rootfs.putArray("diff_ids").add(Digest.sha256(layerBytes).toString());
            config.set("rootfs", rootfs);
            String mediaType = docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST;
            ObjectNode manifest = object().put("schemaVersion", 2).put("mediaType", mediaType);
            manifest.set(
                    "config",
                    blob(
                            repository,
                            docker ? MediaType.DOCKER_CONFIG : MediaType.OCI_CONFIG,
                            RegistryContent.bytes(config)));
            manifest.putArray("layers").add(blob(repository, "application/vnd.oci.image.layer.v1.tar", layerBytes));
            return TestImages.this.push(repository, tag, mediaType, manifest);
        }
    }

    /** An index over images of the same repository. */
    public final class IndexBuilder {
        private final String repository;
        private final ArrayNode entries = RegistryContent.JSON.createArrayNode();
        private String tag = "";

        private IndexBuilder(String repository) {
            this.repository = repository;
        }

        public IndexBuilder tag(String name) {
            tag = name;
            return this;
        }

        /** An entry for {@code os/architecture}. */
        public IndexBuilder entry(Pushed image, String os, String architecture) {
            ObjectNode entry = descriptor(image.mediaType(), image.digest(), image.size());
            entry.set("platform", object().put("os", os).put("architecture", architecture));
            entries.add(entry);
            return this;
        }

        /** An entry that states no platform. */
        public IndexBuilder entry(Pushed image) {
            entries.add(descriptor(image.mediaType(), image.digest(), image.size()));
            return this;
        }

        /** An attestation manifest of {@code image} as BuildKit adds it: platform unknown/unknown. */
        public IndexBuilder attestation(Pushed image) {
            Pushed attestation = artifact(repository)
                    .layer("application/vnd.in-toto+json", "{}".getBytes(StandardCharsets.UTF_8))
                    .annotation("about", image.digest().toString())
                    .push();
            ObjectNode entry = descriptor(attestation.mediaType(), attestation.digest(), attestation.size());
            entry.set("platform", object().put("os", "unknown").put("architecture", "unknown"));
            entry.set(
                    "annotations",
                    object().put("vnd.docker.reference.type", "attestation-manifest")
                            .put("vnd.docker.reference.digest", image.digest().toString()));
            entries.add(entry);
            return this;
        }

        public Pushed push() {
            ObjectNode index = object().put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX);
            index.set("manifests", entries);
            return TestImages.this.push(repository, tag, MediaType.OCI_INDEX, index);
        }
    }

    /** An artifact, and what it refers to. */
    public final class ArtifactBuilder {
        private static final byte[] EMPTY = {'{', '}'};

        private final String repository;
        private final List<ObjectNode> layers = new ArrayList<>();
        private final Map<String, String> annotations = new LinkedHashMap<>();
        private String tag = "";
        private String artifactType = "";
        private Pushed subject = new Pushed("", "", "", Digest.sha256(new byte[0]), "", 0);

        private ArtifactBuilder(String repository) {
            this.repository = repository;
        }

        public ArtifactBuilder tag(String name) {
            tag = name;
            return this;
        }

        public ArtifactBuilder artifactType(String mediaType) {
            artifactType = mediaType;
            return this;
        }

        public ArtifactBuilder annotation(String key, String value) {
            annotations.put(key, value);
            return this;
        }

        public ArtifactBuilder layer(String mediaType, byte[] bytes) {
            return layer(mediaType, bytes, Map.of());
        }

        public ArtifactBuilder layer(String mediaType, byte[] bytes, Map<String, String> layerAnnotations) {
            ObjectNode layer = blob(repository, mediaType, bytes);
            if (!layerAnnotations.isEmpty()) {
                layer.set("annotations", map(layerAnnotations));
            }
            layers.add(layer);
            return this;
        }

        /** What it refers to. */
        public ArtifactBuilder subject(Pushed to) {
            subject = to;
            return this;
        }

        public Pushed push() {
            ObjectNode manifest = object().put("schemaVersion", 2).put("mediaType", MediaType.OCI_MANIFEST);
            if (!artifactType.isEmpty()) {
                manifest.put("artifactType", artifactType);
            }
            manifest.set("config", blob(repository, MediaType.OCI_EMPTY, EMPTY));
            manifest.putArray("layers").addAll(layers);
            if (!annotations.isEmpty()) {
                manifest.set("annotations", map(annotations));
            }
            boolean refers = !subject.repository().isEmpty();
            if (refers) {
                manifest.set("subject", descriptor(subject.mediaType(), subject.digest(), subject.size()));
            }
            Pushed pushed = TestImages.this.push(repository, tag, MediaType.OCI_MANIFEST, manifest);
            if (refers && !referrersApi) {
                addToFallbackTag(pushed);
            }
            return pushed;
        }

        /** What a client does where there is no referrers API; the artifact type is wrong on purpose, as cosign writes it. */
        private void addToFallbackTag(Pushed pushed) {
            String fallback =
                    subject.digest().algorithm() + "-" + subject.digest().hex();
            ArrayNode entries = RegistryContent.JSON.createArrayNode();
            content.manifest(repository, fallback)
                    .ifPresent(known -> known.json().path("manifests").forEach(entries::add));
            content.manifest(repository, pushed.digest().toString())
                    .ifPresent(stored ->
                            entries.add(RegistryContent.referrer(stored, stored.json(), MediaType.OCI_EMPTY)));
            content.tag(
                    repository,
                    fallback,
                    content.putManifest(repository, MediaType.OCI_INDEX, RegistryContent.index(entries)));
        }
    }
}
