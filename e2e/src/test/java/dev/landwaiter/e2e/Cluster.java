package dev.landwaiter.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An API server, spoken to by kubectl. */
final class Cluster {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private final Tools tools;
    private final Path kubeconfig;
    private final boolean ours;

    private Cluster(Tools tools, Path kubeconfig, boolean ours) {
        this.tools = tools;
        this.kubeconfig = kubeconfig;
        this.ours = ours;
    }

    /** The cluster that {@code LANDWAITER_E2E_KUBECONFIG} names, else a control plane of our own. */
    static Cluster start(Tools tools) {
        @Nullable String given = System.getenv("LANDWAITER_E2E_KUBECONFIG");
        if (given != null && !given.isBlank()) {
            return new Cluster(tools, Path.of(given), false);
        }
        tools.script("cluster", "up").output();
        return new Cluster(tools, Folders.state().resolve("admin.kubeconfig"), true);
    }

    /** Whether this run started it, so that it may be stopped and its audit log read. */
    boolean ours() {
        return ours;
    }

    Path auditLog() {
        return Folders.state().resolve("logs/audit.json");
    }

    void stop() {
        tools.script("cluster", "stop").output();
    }

    /** After {@link #stop}, with all that etcd held. */
    void startAgain() {
        tools.script("cluster", "up").output();
    }

    /** As a cluster admin. */
    Command kubectl(String... arguments) {
        return Command.of(tools.kubectl(), "--kubeconfig", kubeconfig.toString())
                .and(arguments);
    }

    JsonNode json(String... arguments) {
        return parse(kubectl(arguments).and("-o", "json").output());
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new AssertionError("not JSON: " + text, malformed);
        }
    }

    /** A file with this cluster's address and CA, and a token of the ServiceAccount {@code account} in {@code namespace}. */
    Path kubeconfig(String account, String namespace, String file) {
        String token = kubectl("create", "token", account, "-n", namespace, "--duration=24h")
                .output()
                .strip();
        JsonNode admin = json("config", "view", "--raw", "--flatten", "--minify");
        ObjectNode config = JSON.createObjectNode();
        config.put("apiVersion", "v1").put("kind", "Config").put("current-context", "e2e");
        ObjectNode named = config.putArray("clusters").addObject().put("name", "e2e");
        named.set("cluster", admin.at("/clusters/0/cluster"));
        config.putArray("users")
                .addObject()
                .put("name", "e2e")
                .putObject("user")
                .put("token", token);
        config.putArray("contexts")
                .addObject()
                .put("name", "e2e")
                .putObject("context")
                .put("cluster", "e2e")
                .put("user", "e2e");
        try {
            return Files.writeString(Folders.state().resolve(file), config.toPrettyString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
