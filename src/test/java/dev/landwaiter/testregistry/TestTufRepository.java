package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/**
 * A TUF repository that distributes one {@code trusted_root.json}, with keys of its own: what a mirror serves is in {@link #files}, to be
 * altered. Metadata is signed over OLPC's canonical JSON, as the specification wants it.
 *
 * @see <a href="https://theupdateframework.github.io/specification/v1.0.33/#file-formats">TUF, file formats</a>
 */
public final class TestTufRepository {
    public static final String ROOT = "root";
    public static final String TIMESTAMP = "timestamp";
    public static final String SNAPSHOT = "snapshot";
    public static final String TARGETS = "targets";

    private static final String TARGET = "trusted_root.json";

    private final Map<String, Role> roles = new HashMap<>();
    private final ConcurrentMap<String, byte[]> files = new ConcurrentHashMap<>();
    private byte[] target;

    /** Who signs what, how often it was published, and until when it counts. */
    public record Role(List<SigningKey> keys, int threshold, int version, Instant expires) {
        public Role {
            keys = List.copyOf(keys);
        }

        public Role signedBy(int of, SigningKey... by) {
            return new Role(List.of(by), of, version, expires);
        }

        public Role version(int is) {
            return new Role(keys, threshold, is, expires);
        }

        public Role expires(Instant at) {
            return new Role(keys, threshold, version, at);
        }
    }

    /** One with everything in its first version, good for a month; its root has three keys, of which two must sign. */
    public TestTufRepository(Instant now, byte[] target) {
        this.target = target.clone();
        Instant expires = now.plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS);
        for (String role : List.of(TIMESTAMP, SNAPSHOT, TARGETS)) {
            roles.put(role, new Role(List.of(SigningKey.p256()), 1, 1, expires));
        }
        roles.put(ROOT, new Role(List.of(SigningKey.p256(), SigningKey.p256(), SigningKey.ed25519()), 2, 1, expires));
        publishRoot(role(ROOT).keys());
        publishTargets();
        publishSnapshot();
        publishTimestamp();
    }

    /** What a mirror serves, by path. */
    public Map<String, byte[]> files() {
        return files;
    }

    /** What a client is given to begin with. */
    public byte[] firstRoot() {
        return files.getOrDefault("1.root.json", new byte[0]).clone();
    }

    public Role role(String name) {
        return roles.getOrDefault(name, new Role(List.of(), 1, 1, Instant.EPOCH));
    }

    /** Changes a role; nothing is published by that. */
    public TestTufRepository change(String name, UnaryOperator<Role> change) {
        roles.put(name, change.apply(role(name)));
        return this;
    }

    /** Publishes another trust root, by the next version of everything but the root. */
    public void publish(byte[] trustedRoot) {
        target = trustedRoot.clone();
        for (String role : List.of(TARGETS, SNAPSHOT, TIMESTAMP)) {
            roles.put(role, role(role).version(role(role).version() + 1));
        }
        publishTargets();
        publishSnapshot();
        publishTimestamp();
    }

    /** Publishes the next version of the root, as the roles are now, signed by {@code signers}. */
    public void publishNextRoot(List<SigningKey> signers) {
        roles.put(ROOT, role(ROOT).version(role(ROOT).version() + 1));
        publishRoot(signers);
    }

    private void publishRoot(List<SigningKey> signers) {
        ObjectNode root = signed(ROOT).put("consistent_snapshot", true);
        ObjectNode keys = root.putObject("keys");
        ObjectNode named = root.putObject("roles");
        roles.forEach((name, role) -> {
            ArrayNode ids =
                    named.putObject(name).put("threshold", role.threshold()).putArray("keyids");
            role.keys().forEach(key -> {
                ids.add(id(key));
                keys.set(id(key), key(key));
            });
        });
        files.put(role(ROOT).version() + ".root.json", sign(root, signers));
    }

    public void publishTargets() {
        ObjectNode targets = signed(TARGETS);
        ObjectNode entry = targets.putObject("targets").putObject(TARGET).put("length", target.length);
        entry.putObject("hashes").put("sha256", sha256(target));
        files.put("targets/" + sha256(target) + "." + TARGET, target);
        files.put(
                role(TARGETS).version() + ".targets.json",
                sign(targets, role(TARGETS).keys()));
    }

    public void publishSnapshot() {
        ObjectNode snapshot = signed(SNAPSHOT);
        snapshot.putObject("meta")
                .putObject("targets.json")
                .put("version", role(TARGETS).version());
        files.put(
                role(SNAPSHOT).version() + ".snapshot.json",
                sign(snapshot, role(SNAPSHOT).keys()));
    }

    /** With length and hash of the snapshot. */
    public void publishTimestamp() {
        byte[] snapshot = files.getOrDefault(role(SNAPSHOT).version() + ".snapshot.json", new byte[0]);
        ObjectNode timestamp = signed(TIMESTAMP);
        ObjectNode meta = timestamp
                .putObject("meta")
                .putObject("snapshot.json")
                .put("length", snapshot.length)
                .put("version", role(SNAPSHOT).version());
        meta.putObject("hashes").put("sha256", sha256(snapshot));
        files.put("timestamp.json", sign(timestamp, role(TIMESTAMP).keys()));
    }

    /** Has {@code registry} serve all that there is at this moment below {@code /folder}. */
    public void serve(TestRegistry registry, String folder) {
        files.forEach((path, content) -> registry.on(
                "/" + folder + "/" + path,
                request -> request.response().end(Buffer.buffer(content)).onFailure(_ -> {})));
    }

    private ObjectNode signed(String role) {
        return RegistryContent.JSON
                .createObjectNode()
                .put("_type", role)
                .put("spec_version", "1.0.31")
                .put("version", role(role).version())
                .put("expires", role(role).expires().toString());
    }

    /** The signed document, as it is served. */
    public static byte[] sign(ObjectNode signed, List<SigningKey> signers) {
        byte[] message = canonical(signed).getBytes(StandardCharsets.UTF_8);
        ObjectNode document = RegistryContent.JSON.createObjectNode();
        ArrayNode signatures = document.putArray("signatures");
        for (SigningKey signer : signers) {
            signatures
                    .addObject()
                    .put("keyid", id(signer))
                    .put("sig", HexFormat.of().formatHex(signer.sign(message)));
        }
        document.set("signed", signed);
        return RegistryContent.bytes(document);
    }

    private static String id(SigningKey key) {
        return sha256(key.keys().getPublic().getEncoded());
    }

    private static ObjectNode key(SigningKey key) {
        boolean ed25519 = key.keys().getPublic() instanceof EdECPublicKey;
        byte[] der = key.keys().getPublic().getEncoded();
        ObjectNode node = RegistryContent.JSON
                .createObjectNode()
                .put("keytype", ed25519 ? "ed25519" : "ecdsa")
                .put("scheme", ed25519 ? "ed25519" : "ecdsa-sha2-nistp256");
        node.putObject("keyval")
                .put(
                        "public",
                        ed25519
                                ? HexFormat.of().formatHex(Arrays.copyOfRange(der, der.length - 32, der.length))
                                : key.publicPem());
        return node;
    }

    /** Sorted keys, no space, and of all characters only the quote and the backslash escaped. */
    private static String canonical(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, String> sorted = new TreeMap<>();
            node.properties().forEach(one -> sorted.put(one.getKey(), canonical(one.getValue())));
            StringBuilder text = new StringBuilder("{");
            sorted.forEach((name, value) -> text.append(text.length() > 1 ? "," : "")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(value));
            return text.append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            node.forEach(one -> text.append(text.length() > 1 ? "," : "").append(canonical(one)));
            return text.append(']').toString();
        }
        return node.isTextual()
                ? "\"" + node.textValue().replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                : node.toString();
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(TestFulcio.sha256(content));
    }
}
