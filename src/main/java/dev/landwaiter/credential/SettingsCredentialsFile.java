package dev.landwaiter.credential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.NamespaceName;
import dev.landwaiter.yaml.KubernetesYaml;
import dev.landwaiter.yaml.YamlProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link SettingsCredentials} from YAML or JSON:
 *
 * <pre>
 * credentials:
 *   - path: ghcr.io/acme            # registry[/repository path]
 *     namespaces: [shop, billing]   # "*" for all
 *     username: robot
 *     passwordFile: robot.password  # or password; relative to this file
 *   - path: registry.example.com
 *     namespaces: ["*"]
 *     dockerConfigFile: /etc/landwaiter/config.json
 * </pre>
 *
 * Every mistake in the file is told at once.
 */
public final class SettingsCredentialsFile {
    private static final Set<String> FIELDS =
            Set.of("path", "namespaces", "username", "password", "passwordFile", "dockerConfigFile");
    private static final String EVERY_NAMESPACE = "*";

    private final Path file;
    private final Limits limits;
    private final List<String> mistakes = new ArrayList<>();
    /** Of all files, one after the other, each with its name and length. */
    private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

    private SettingsCredentialsFile(Path file, Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    /**
     * Reads {@code file} and the files that it names.
     *
     * @throws Failure {@code FILE_UNREADABLE}; {@code SETTING_INVALID} with all mistakes
     */
    public static SettingsCredentials read(Path file, Limits limits) {
        return new SettingsCredentialsFile(file, limits).read();
    }

    private SettingsCredentials read() {
        JsonNode list = root().path("credentials");
        List<SettingsCredentials.Entry> entries = new ArrayList<>();
        if (!list.isArray()) {
            mistakes.add("credentials: it is not a list");
        }
        for (int i = 0; list.isArray() && i < list.size(); i++) {
            SettingsCredentials.Entry entry = entry(list.get(i), "credentials[" + i + "]");
            if (entry != null) {
                entries.add(entry);
            }
        }
        if (!mistakes.isEmpty()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not use credentials file \"%s\": %s. Each entry needs path, namespaces, and one of username with password or passwordFile, or dockerConfigFile."
                            .formatted(file, String.join("; ", mistakes)));
        }
        return new SettingsCredentials(
                entries, Digest.sha256(contents.toByteArray()).hex());
    }

    private JsonNode root() {
        KubernetesYaml.Documents read = new KubernetesYaml(limits, Limit.CREDENTIALS_FILE_BYTES)
                .read(content(), "credentials file \"" + file + "\"");
        read.problem().ifPresent(problem -> {
            throw refused(problem);
        });
        if (read.documents().size() > 1) {
            mistakes.add("document 2: there is one document in such a file");
        }
        JsonNode root = read.documents().isEmpty()
                ? MissingNode.getInstance()
                : read.documents().getFirst();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!field.getKey().equals("credentials")) {
                mistakes.add(field.getKey() + ": it is not known");
            }
        }
        return root;
    }

    /** Says where it is, and not why: that quotes what the reader stumbles over, which may be a password. */
    private Failure refused(YamlProblem problem) {
        return new Failure(
                Code.SETTING_INVALID,
                switch (problem.kind()) {
                    case MALFORMED ->
                        "Could not read credentials file \"%s\": it is not well-formed YAML at line %d. Fix that line."
                                .formatted(file, problem.mark().line());
                    case REFUSED ->
                        "Could not read credentials file \"%s\": not every reader of YAML takes what stands at %s for the same. Put it in double quotes."
                                .formatted(file, problem.mark().text());
                });
    }

    private byte[] content() {
        try (InputStream in = Files.newInputStream(file)) {
            return kept(file, limits.read(in, Limit.CREDENTIALS_FILE_BYTES, "credentials file \"" + file + "\""));
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read credentials file \"%s\": %s. Check that it exists and may be read."
                            .formatted(file, e.getClass().getSimpleName()),
                    e);
        }
    }

    private byte[] kept(Path of, byte[] content) {
        contents.writeBytes((of + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
        contents.writeBytes(content);
        return content;
    }

    private SettingsCredentials.@Nullable Entry entry(JsonNode node, String field) {
        int before = mistakes.size();
        for (Map.Entry<String, JsonNode> known : node.properties()) {
            if (!FIELDS.contains(known.getKey())) {
                mistakes.add(field + "." + known.getKey() + ": it is not known");
            }
        }
        RegistryPath path = path(node, field);
        Set<String> namespaces = namespaces(node.path("namespaces"), field + ".namespaces");
        DockerConfig config = path == null ? null : config(node, field, path);
        return path == null || config == null || mistakes.size() > before
                ? null
                : new SettingsCredentials.Entry(path, namespaces, config);
    }

    private @Nullable RegistryPath path(JsonNode node, String field) {
        String text = text(node, field, "path");
        if (text.isEmpty()) {
            mistakes.add(field + ".path: it is missing");
            return null;
        }
        try {
            return RegistryPath.parse(text);
        } catch (IllegalArgumentException e) {
            mistakes.add("%s.path \"%s\": %s".formatted(field, text, e.getMessage()));
            return null;
        }
    }

    private Set<String> namespaces(JsonNode node, String field) {
        Set<String> namespaces = new LinkedHashSet<>();
        for (JsonNode namespace : node) {
            namespaces.add(namespace.asText());
            if (!namespace.isTextual() || !names(namespace.textValue())) {
                mistakes.add("%s \"%s\": it is not the name of a namespace".formatted(field, namespace.asText()));
            }
        }
        if (!node.isArray() || namespaces.isEmpty()) {
            mistakes.add(field + ": it is not a list of namespaces (\"*\" for all)");
        }
        return namespaces;
    }

    private static boolean names(String text) {
        return text.equals(EVERY_NAMESPACE) || NamespaceName.is(text);
    }

    private @Nullable DockerConfig config(JsonNode node, String field, RegistryPath path) {
        String source = "settings entry \"" + field + "\"";
        String dockerConfig = text(node, field, "dockerConfigFile");
        String user = text(node, field, "username");
        String password = text(node, field, "password");
        String passwordFile = text(node, field, "passwordFile");
        boolean inFile = !dockerConfig.isEmpty() && (user + password + passwordFile).isEmpty();
        boolean pair = dockerConfig.isEmpty() && !user.isEmpty() && password.isEmpty() != passwordFile.isEmpty();
        if (!inFile && !pair) {
            mistakes.add(
                    field + ": it has not exactly one of username with password or passwordFile, or dockerConfigFile");
            return null;
        }
        if (pair) {
            String secret = passwordFile.isEmpty() ? password : content(passwordFile, field + ".passwordFile");
            return new DockerConfig(
                    source,
                    List.of(new DockerConfig.Entry(path, DockerConfig.of(user, secret.stripTrailing(), source))),
                    List.of(),
                    "",
                    Map.of());
        }
        String content = content(dockerConfig, field + ".dockerConfigFile");
        DockerConfig config = DockerConfig.parse(
                content.getBytes(StandardCharsets.UTF_8),
                DockerConfig.Form.CONFIG_JSON,
                source + " (\"" + dockerConfig + "\")",
                limits);
        config.problems().forEach(problem -> mistakes.add(field + ".dockerConfigFile: " + problem));
        return config;
    }

    private String text(JsonNode node, String field, String name) {
        JsonNode value = node.path(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            // without the value: it may be a password of digits alone
            mistakes.add(field + "." + name + ": it must be a string: put it in quotes");
        }
        return value.isTextual() ? value.textValue() : "";
    }

    private String content(String name, String field) {
        Path named = file.resolveSibling(name);
        try (InputStream in = Files.newInputStream(named)) {
            byte[] content = limits.read(in, Limit.CREDENTIALS_FILE_BYTES, "%s \"%s\"".formatted(field, named));
            return new String(kept(named, content), StandardCharsets.UTF_8);
        } catch (IOException e) {
            mistakes.add("%s \"%s\": it cannot be read".formatted(field, named));
            return "";
        }
    }
}
