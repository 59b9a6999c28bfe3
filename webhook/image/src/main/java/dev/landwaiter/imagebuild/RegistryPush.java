package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.blob.Blobs;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import com.google.cloud.tools.jib.registry.RegistryClient;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestException;
import java.util.Optional;

/** Copies an image from a layout to a registry, byte for byte: what is signed there has the digests that were printed. */
final class RegistryPush {
    private final OciLayout layout;
    private final RegistryClient registry;
    private final ImageReference reference;

    /** @param insecure whether plain HTTP and unknown certificates will do, as for a registry on loopback */
    RegistryPush(OciLayout layout, String name, boolean insecure) {
        try {
            this.layout = layout;
            this.reference = ImageReference.parse(name);
            RegistryClient.Factory factory = RegistryClient.factory(
                    EventHandlers.NONE,
                    reference.getRegistry(),
                    reference.getRepository(),
                    new FailoverHttpClient(insecure, insecure, _ -> {}));
            Optional<Credential> credential = CredentialRetrieverFactory.forImage(reference, _ -> {})
                    .dockerConfig()
                    .retrieve();
            credential.ifPresent(known -> {
                RegistryClient.Factory _ = factory.setCredential(known);
            });
            this.registry = factory.newRegistryClient();
            boolean bearer = registry.doPushBearerAuth();
            if (!bearer && credential.isPresent()) {
                registry.configureBasicAuth();
            }
        } catch (InvalidImageReferenceException | CredentialRetrievalException | RegistryException | IOException e) {
            throw refused(name, e);
        }
    }

    /** Pushes {@code index}, and its images before it. */
    void push(OciLayout.Descriptor index) throws IOException {
        try {
            for (JsonNode image : layout.read(index.digest()).path("manifests")) {
                JsonNode manifest = layout.read(image.path("digest").asText());
                blob(manifest.path("config"));
                for (JsonNode layer : manifest.path("layers")) {
                    blob(layer);
                }
                manifest(
                        OciLayout.MANIFEST,
                        image.path("digest").asText(),
                        image.path("digest").asText());
            }
            manifest(OciLayout.INDEX, index.digest(), reference.getTag().orElse("latest"));
        } catch (RegistryException | DigestException e) {
            throw refused(reference.toString(), e);
        }
    }

    private void blob(JsonNode descriptor) throws IOException, RegistryException, DigestException {
        DescriptorDigest digest =
                DescriptorDigest.fromDigest(descriptor.path("digest").asText());
        if (registry.checkBlob(digest).isEmpty()) {
            boolean _ = registry.pushBlob(
                    digest, Blobs.from(layout.blob(descriptor.path("digest").asText())), null, _ -> {});
        }
    }

    private void manifest(String mediaType, String digest, String tag) throws IOException, RegistryException {
        String text = Files.readString(layout.blob(digest), StandardCharsets.UTF_8);
        DescriptorDigest pushed = registry.pushManifest(new Verbatim(mediaType, text), tag);
        if (!pushed.toString().equals(digest)) {
            throw new BuildFailure("Could not push %s: %s was written as %s.".formatted(reference, digest, pushed));
        }
    }

    private static BuildFailure refused(String name, Exception cause) {
        return new BuildFailure(
                "Could not push to %s: %s. Log in by 'docker login' or its like, and check that the repository exists and may be written."
                        .formatted(name, cause.getMessage()),
                cause);
    }

    /** A manifest that Jib sends as it is: its own kinds of manifests know no annotations, and would lose them. */
    private record Verbatim(String mediaType, String text) implements ManifestTemplate {
        @Override
        public int getSchemaVersion() {
            return 2;
        }

        @Override
        public String getManifestMediaType() {
            return mediaType;
        }

        @JsonValue
        @JsonRawValue
        String json() {
            return text;
        }
    }
}
