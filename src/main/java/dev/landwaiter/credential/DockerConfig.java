package dev.landwaiter.credential;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A docker configuration, of a Secret or a file: which credential is for which registry path. Immutable; holds what was parsed, so that
 * finding costs little.
 *
 * @param source for messages: {@code secret "shop/pull"}
 * @param entries the most specific first, else as written
 * @param problems what could not be used, for people; never a secret
 * @param store the credential helper for all registries, {@code ""} for none
 * @param helpers the credential helper of single registries, by canonical registry
 */
record DockerConfig(
        String source, List<Entry> entries, List<String> problems, String store, Map<String, String> helpers) {
    /** Of a registry's name as written, in characters. */
    private static final int SHOWN = 100;

    DockerConfig {
        entries = entries.stream()
                .sorted((a, b) -> RegistryPath.MOST_SPECIFIC_FIRST.compare(a.path(), b.path()))
                .toList();
        problems = List.copyOf(problems);
        helpers = Map.copyOf(helpers);
    }

    /** A credential and what it is for. */
    record Entry(RegistryPath path, Credential credential) {}

    /** How it is written. */
    enum Form {
        /** {@code .dockerconfigjson}, {@code config.json}, {@code auth.json}: entries below {@code auths}. */
        CONFIG_JSON,
        /** {@code .dockercfg}: entries at the top. */
        DOCKERCFG
    }

    /** What holds nothing, for a reason. */
    static DockerConfig without(String source, String problem) {
        return new DockerConfig(source, List.of(), List.of(problem), "", Map.of());
    }

    /** Reads {@code content}: whatever it is, there is an answer; what cannot be used is among its {@code problems}. */
    static DockerConfig parse(byte[] content, Form form, String source, Limits limits) {
        JsonNode root;
        try {
            root = new BoundedJson(limits, Limit.JSON_DEPTH).read(content, Code.CREDENTIAL_MALFORMED, source);
        } catch (Failure e) {
            // never the parser's words, which quote what they stumble over: it may be a password
            return without(source, source + " is not well-formed JSON");
        }
        JsonNode auths = form == Form.DOCKERCFG ? root : root.path("auths");
        List<Entry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, JsonNode> auth : auths.properties()) {
            try {
                credential(auth.getValue(), source)
                        .ifPresent(credential -> entries.add(new Entry(RegistryPath.parse(auth.getKey()), credential)));
            } catch (IllegalArgumentException e) {
                problems.add("%s has an unusable entry for \"%s\": %s"
                        .formatted(source, shown(auth.getKey()), e.getMessage()));
            }
        }
        if (!auths.isObject() && !root.has("credHelpers") && !root.has("credsStore")) {
            problems.add(source + " has no auths");
        }
        return new DockerConfig(
                source, entries, problems, root.path("credsStore").asText(""), helpers(root));
    }

    private static Map<String, String> helpers(JsonNode root) {
        Map<String, String> helpers = new TreeMap<>();
        for (Map.Entry<String, JsonNode> helper : root.path("credHelpers").properties()) {
            String host = helper.getKey().toLowerCase(Locale.ROOT);
            boolean hub = host.equals("https://index.docker.io/v1/") || host.equals("index.docker.io");
            helpers.put(hub ? "docker.io" : host, helper.getValue().asText(""));
        }
        return helpers;
    }

    /** Empty for an entry that says nothing, as {@code docker login} leaves them beside a credential store. */
    private static Optional<Credential> credential(JsonNode entry, String source) {
        String registryToken = text(entry, "registrytoken");
        String identityToken = text(entry, "identitytoken");
        String auth = text(entry, "auth");
        String user = text(entry, "username");
        String password = text(entry, "password");
        if (!registryToken.isEmpty()) {
            return Optional.of(new Credential.Bearer(registryToken, source));
        }
        if (!identityToken.isEmpty()) {
            return Optional.of(new Credential.RefreshToken(identityToken, source));
        }
        if (!auth.isEmpty()) {
            String pair = decoded(auth);
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("its auth is not the base64 of user:password");
            }
            user = pair.substring(0, colon);
            password = pair.substring(colon + 1);
        }
        if (user.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(of(user, password, source));
    }

    /** A user and a password, or what a credential helper gives in their place: the user {@code <token>} and a refresh token. */
    static Credential of(String user, String password, String source) {
        return user.equals("<token>")
                ? new Credential.RefreshToken(password, source)
                : new Credential.Basic(user, password, source);
    }

    private static String text(JsonNode entry, String field) {
        if (!entry.isObject()) {
            throw new IllegalArgumentException("it is not an object");
        }
        JsonNode value = entry.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
            throw new IllegalArgumentException("its %s is not a string".formatted(field));
        }
        return value.asText("");
    }

    private static String decoded(String auth) {
        try {
            // old versions of docker pad the password with NUL
            return new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8).replaceAll("\0+$", "");
        } catch (IllegalArgumentException e) {
            // not the decoder's words, which quote a character of it
            throw new IllegalArgumentException("its auth is not the base64 of user:password", e);
        }
    }

    /** The entry of the longest path that covers {@code reference}. */
    Optional<Entry> find(ImageReference reference) {
        for (Entry entry : entries) {
            if (entry.path().covers(reference)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** Whether that an image is not covered is worth telling, beside what could not be used. */
    boolean lacksAnEntry() {
        return !entries.isEmpty() || problems.isEmpty();
    }

    private static String shown(String text) {
        return Shown.of(text, SHOWN);
    }

    /** Without the entries. */
    @Override
    public String toString() {
        return "DockerConfig[" + source + ", " + entries.size() + " entries]";
    }
}
