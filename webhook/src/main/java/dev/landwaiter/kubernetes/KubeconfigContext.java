package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.yaml.KubernetesYaml;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The cluster and the user of a kubeconfig's current context, as the file has them. Of these fabric8 silently leaves out whom the user
 * impersonates, a proxy of a server with TLS, and the name that the server's certificate must have; and where a context, cluster or user is missing, it asks
 * another server, or the right one as nobody. Here these are done as kubectl does them, or the file is refused: whoever wrote them relies on them.
 *
 * @param file it was read of, for messages
 * @param cluster that the context names
 * @param user empty where the context names none
 */
record KubeconfigContext(Path file, JsonNode cluster, JsonNode user) {
    private static final int SHOWN = 100;

    /**
     * Reads {@code file}.
     *
     * @throws Failure {@code FILE_UNREADABLE} where it has no current context, or not all that this names
     */
    static KubeconfigContext read(Path file, Limits limits) {
        JsonNode root = document(file, limits);
        String current = root.path("current-context").asText("");
        if (current.isEmpty()) {
            throw refused(
                    file,
                    "it names no current context. Set one with kubectl --kubeconfig %s config use-context."
                            .formatted(file));
        }
        JsonNode context = named(root, "contexts", current)
                .orElseThrow(() -> missing(file, "its current context", current))
                .path("context");
        String cluster = context.path("cluster").asText("");
        String user = context.path("user").asText("");
        String of = " of its context \"%s\",".formatted(Shown.of(current, SHOWN));
        return new KubeconfigContext(
                file,
                named(root, "clusters", cluster)
                        .orElseThrow(() -> missing(file, "the cluster" + of, cluster))
                        .path("cluster"),
                user.isEmpty()
                        ? MissingNode.getInstance()
                        : named(root, "users", user)
                                .orElseThrow(() -> missing(file, "the user" + of, user))
                                .path("user"));
    }

    private static JsonNode document(Path file, Limits limits) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = limits.read(in, Limit.CREDENTIALS_FILE_BYTES, "kubeconfig \"" + file + "\"");
            List<JsonNode> documents = new KubernetesYaml(limits, Limit.CREDENTIALS_FILE_BYTES)
                    .read(content, "kubeconfig")
                    .documents();
            if (!documents.isEmpty()) {
                return documents.getFirst();
            }
        } catch (IOException e) {
            throw refused(file, "it cannot be read. Check the path and its permissions.");
        }
        // not what is wrong with it, which may quote the file, and the file holds credentials
        throw refused(
                file,
                "it is not YAML that kubectl would read. Check it with kubectl --kubeconfig %s version."
                        .formatted(file));
    }

    private static Optional<JsonNode> named(JsonNode root, String list, String name) {
        for (JsonNode one : root.path(list)) {
            if (one.path("name").asText("").equals(name)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    private static Failure missing(Path file, String what, String name) {
        return refused(
                file,
                "%s \"%s\" is not in it. Check it with kubectl --kubeconfig %s config view."
                        .formatted(what, Shown.of(name, SHOWN), file));
    }

    private static Failure refused(Path file, String why) {
        return new Failure(Code.FILE_UNREADABLE, "Could not read kubeconfig \"%s\": %s".formatted(file, why));
    }

    /** The file that the user has its token in, where that is said. */
    Optional<Path> tokenFile() {
        String token = user.path("tokenFile").asText("");
        return token.isEmpty()
                ? Optional.empty()
                : Optional.of(file.toAbsolutePath().resolveSibling(token));
    }

    /**
     * Checks that the user's program gave credentials.
     *
     * @param given whether it did
     * @throws Failure {@code FILE_UNREADABLE} where there is one and it gave none
     */
    void checkProgram(boolean given) {
        if (user.path("exec").isObject() && !given && tokenFile().isEmpty()) {
            throw refused(
                    file,
                    "its program \"%s\" gave neither a token nor a certificate. Run kubectl --kubeconfig %s auth whoami to see why."
                            .formatted(
                                    Shown.of(user.path("exec").path("command").asText(""), SHOWN), file));
        }
    }

    /**
     * Adds to {@code config} what fabric8 leaves out.
     *
     * @throws Failure {@code FILE_UNREADABLE} where that cannot be done
     */
    ConfigBuilder completed(ConfigBuilder config) {
        checkServerName();
        return impersonating(proxied(config));
    }

    /** The JDK's client checks the certificate for the host of the address alone. */
    private void checkServerName() {
        String name = cluster.path("tls-server-name").asText("");
        String host = host(cluster.path("server").asText(""));
        if (!name.isEmpty() && !name.equalsIgnoreCase(host)) {
            throw refused(
                    file,
                    "its tls-server-name \"%s\" is another name than the server's, \"%s\", and that is not supported. Give as server an address that its certificate is for."
                            .formatted(Shown.of(name, SHOWN), Shown.of(host, SHOWN)));
        }
    }

    private static String host(String address) {
        try {
            return String.valueOf(URI.create(address).getHost());
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    private ConfigBuilder proxied(ConfigBuilder config) {
        String proxy = cluster.path("proxy-url").asText("");
        if (proxy.isEmpty()) {
            return config;
        }
        if (!proxy.toLowerCase(Locale.ROOT).startsWith("http://")) {
            // not shown: it may hold a password
            throw refused(
                    file,
                    "its proxy-url does not begin with http://, and only such proxies are supported. Give one that takes CONNECT requests over http.");
        }
        // kubectl asks this proxy whatever the server's scheme is, and NO_PROXY is no exception from it
        return config.withHttpProxy(proxy).withHttpsProxy(proxy).withNoProxy();
    }

    private ConfigBuilder impersonating(ConfigBuilder config) {
        String as = user.path("as").asText("");
        List<String> groups = texts(user.path("as-groups"));
        Map<String, List<String>> extra = new HashMap<>();
        user.path("as-user-extra").properties().forEach(one -> extra.put(one.getKey(), texts(one.getValue())));
        if (!user.path("as-uid").asText("").isEmpty()) {
            throw refused(file, "its user has an as-uid, which is not supported. Impersonate by as and as-groups.");
        }
        if (as.isEmpty() && !(groups.isEmpty() && extra.isEmpty())) {
            throw refused(file, "its user has as-groups or as-user-extra without as. Say who is to be impersonated.");
        }
        return as.isEmpty()
                ? config
                : config.withImpersonateUsername(as)
                        .withImpersonateGroups(groups.toArray(String[]::new))
                        .withImpersonateExtras(extra);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : array) {
            texts.add(one.asText(""));
        }
        return List.copyOf(texts);
    }
}
