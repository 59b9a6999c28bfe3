package dev.landwaiter.sigstore;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.PemBlocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What cosign 2.5 and 3.1 made with a private Sigstore: the files in {@code sigstore/}. */
final class Recorded {
    static final JsonMapper JSON = JsonMapper.builder().build();
    static final TrustedRoot ROOT = TrustedRoot.parse(file("trusted-root.json"), "the recorded trust root");
    static final Demands LOGGED = new Demands(Optional.of(ROOT), Optional.of(ROOT), Optional.empty());
    static final Demands STAMPED = new Demands(Optional.of(ROOT), Optional.empty(), Optional.of(ROOT));

    private Recorded() {}

    static byte[] file(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream("/sigstore/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode json(String name) {
        return (ObjectNode) json(file(name));
    }

    static JsonNode json(byte[] content) {
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Bundle bundle(String name) {
        return Bundle.parse(file(name), Limits.defaults(), name);
    }

    static Bundle bundle(JsonNode json) {
        return Bundle.parse(bytes(json), Limits.defaults(), "the bundle");
    }

    /** Of the first layer of {@code ‹name›.sig-manifest.json}, over {@code ‹name›.payload.json}. */
    static Bundle legacy(String name) {
        return Bundle.ofAnnotations(file(name + ".payload.json"), annotations(name), Limits.defaults(), name);
    }

    static Map<String, String> annotations(String name) {
        JsonNode layer = json(name + ".sig-manifest.json").path("layers").path(0);
        return JSON.convertValue(layer.path("annotations"), new TypeReference<>() {});
    }

    static PublicKey key(String name) {
        return PublicKeyFormat.decode(PemBlocks.only(new String(file(name), StandardCharsets.US_ASCII))
                        .orElseThrow()
                        .der())
                .orElseThrow();
    }
}
