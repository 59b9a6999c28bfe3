package dev.landwaiter.credential;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one docker configuration as a stream: of a tenant's Secret of a megabyte nothing is held but its credentials. It never fails, and
 * says what it could not use.
 */
final class DockerConfigReader {
    private static final Set<String> FIELDS = Set.of("registrytoken", "identitytoken", "auth", "username", "password");
    /** Of problems with single entries; the rest are counted. */
    private static final int TOLD = 3;
    /** Of JSON's parts, for each entry that is allowed: real ones have about ten. */
    private static final int TOKENS_PER_ENTRY = 32;

    private static final int SHOWN = 100;

    private final String source;
    private final Limits limits;
    private final List<DockerConfig.Entry> entries = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> helpers = new HashMap<>();
    private final Set<String> patterns = new HashSet<>();
    private String store = "";
    private long tokens;
    private int seen;
    private int unusable;
    private boolean hasAuths;
    private boolean hasHelpers;

    DockerConfigReader(String source, Limits limits) {
        this.source = source;
        this.limits = limits;
    }

    DockerConfig read(byte[] content, DockerConfig.Form form) {
        try (JsonParser json = factory().createParser(content)) {
            if (next(json) != JsonToken.START_OBJECT) {
                skip(json);
            } else {
                switch (form) {
                    case DOCKERCFG -> auths(json);
                    case CONFIG_JSON -> root(json);
                }
            }
            if (json.nextToken() != null) {
                return unreadable();
            }
        } catch (Failure e) {
            return DockerConfig.without(source, source + " " + exceeded(Limit.CREDENTIAL_ENTRIES));
        } catch (IOException e) {
            // never the parser's words, which quote what they stumble over: it may be a password
            return unreadable();
        }
        if (patterns.size() > limits.get(Limit.CREDENTIAL_PATTERNS)) {
            return DockerConfig.without(source, source + " " + exceeded(Limit.CREDENTIAL_PATTERNS));
        }
        if (unusable > TOLD) {
            problems.add("%s has %d more unusable entries".formatted(source, unusable - TOLD));
        }
        if (!hasAuths && !hasHelpers) {
            problems.add(source + " has no auths");
        }
        return new DockerConfig(source, entries, problems, store, helpers);
    }

    private JsonFactory factory() {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // the names that tenants choose are not for all to share
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.count(Limit.JSON_DEPTH))
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    private DockerConfig unreadable() {
        return DockerConfig.without(source, source + " is not well-formed JSON");
    }

    private String exceeded(Limit limit) {
        return "exceeds the limit '%s' of %d %s, so none of it is used"
                .formatted(limit.text(), limits.get(limit), limit.unit());
    }

    /** The next part; there must be one. */
    private JsonToken next(JsonParser json) throws IOException {
        if (++tokens > limits.get(Limit.CREDENTIAL_ENTRIES) * TOKENS_PER_ENTRY) {
            throw limits.exceeded(Limit.CREDENTIAL_ENTRIES, source);
        }
        JsonToken token = json.nextToken();
        if (token == null) {
            throw new IOException("the end within a value");
        }
        return token;
    }

    /** Goes to the end of the value that {@code json} is at the start of. */
    private void skip(JsonParser json) throws IOException {
        int depth = 0;
        JsonToken token = json.currentToken();
        while (true) {
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return;
            }
            token = next(json);
        }
    }

    private void root(JsonParser json) throws IOException {
        while (next(json) == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = next(json);
            switch (field) {
                case "auths" -> {
                    if (value == JsonToken.START_OBJECT) {
                        auths(json);
                    } else {
                        skip(json);
                    }
                }
                case "credsStore" -> {
                    hasHelpers = true;
                    store = value.isScalarValue() && value != JsonToken.VALUE_NULL ? json.getText() : "";
                    skip(json);
                }
                case "credHelpers" -> {
                    hasHelpers = true;
                    if (value == JsonToken.START_OBJECT) {
                        helpers(json);
                    } else {
                        skip(json);
                    }
                }
                default -> skip(json);
            }
        }
    }

    private void helpers(JsonParser json) throws IOException {
        while (next(json) == JsonToken.FIELD_NAME) {
            count();
            String host = json.currentName().toLowerCase(Locale.ROOT);
            boolean hub = host.equals("https://index.docker.io/v1/") || host.equals("index.docker.io");
            JsonToken value = next(json);
            helpers.put(
                    hub ? "docker.io" : host,
                    value.isScalarValue() && value != JsonToken.VALUE_NULL ? json.getText() : "");
            skip(json);
        }
    }

    private void count() {
        if (++seen > limits.get(Limit.CREDENTIAL_ENTRIES)) {
            throw limits.exceeded(Limit.CREDENTIAL_ENTRIES, source);
        }
    }

    private void auths(JsonParser json) throws IOException {
        hasAuths = true;
        while (next(json) == JsonToken.FIELD_NAME) {
            count();
            String key = json.currentName();
            try {
                Optional<Credential> credential = credential(fields(json));
                if (credential.isPresent()) {
                    add(RegistryPath.parse(key), credential.get());
                }
            } catch (IllegalArgumentException e) {
                if (++unusable <= TOLD) {
                    problems.add("%s has an unusable entry for \"%s\": %s"
                            .formatted(source, Shown.of(key, SHOWN), e.getMessage()));
                }
            }
        }
    }

    private void add(RegistryPath path, Credential credential) {
        if (path.host().wildcards() > 0) {
            boolean _ = patterns.add(path.host().text());
        }
        entries.add(new DockerConfig.Entry(path, credential));
    }

    /** The fields of one entry; it is read to its end even where it can't be used. */
    private Map<String, String> fields(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        if (next(json) != JsonToken.START_OBJECT) {
            skip(json);
            throw new IllegalArgumentException("it is not an object");
        }
        String wrong = "";
        while (next(json) == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = next(json);
            if (FIELDS.contains(field) && value == JsonToken.VALUE_STRING) {
                fields.put(field, json.getText());
            } else if (FIELDS.contains(field) && value != JsonToken.VALUE_NULL && wrong.isEmpty()) {
                wrong = field;
            }
            skip(json);
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("its %s is not a string".formatted(wrong));
        }
        return fields;
    }

    /** Empty for an entry that says nothing, as {@code docker login} leaves them beside a credential store. */
    private Optional<Credential> credential(Map<String, String> fields) {
        String registryToken = fields.getOrDefault("registrytoken", "");
        String identityToken = fields.getOrDefault("identitytoken", "");
        String auth = fields.getOrDefault("auth", "");
        String user = fields.getOrDefault("username", "");
        String password = fields.getOrDefault("password", "");
        if (!registryToken.isEmpty()) {
            checkLength(registryToken);
            checkCharacters(registryToken);
            return Optional.of(new Credential.Bearer(registryToken, source));
        }
        if (!identityToken.isEmpty()) {
            checkLength(identityToken);
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
        checkLength(user + password);
        return Optional.of(DockerConfig.of(user, password, source));
    }

    /** Servers end the connection at headers that are too large, which must not look as if the registry were unreachable. */
    private void checkLength(String secret) {
        if (secret.length() > limits.get(Limit.CREDENTIAL_CHARACTERS)) {
            throw new IllegalArgumentException("it exceeds the limit '%s' of %d %s"
                    .formatted(
                            Limit.CREDENTIAL_CHARACTERS.text(),
                            limits.get(Limit.CREDENTIAL_CHARACTERS),
                            Limit.CREDENTIAL_CHARACTERS.unit()));
        }
    }

    /** It stands in a header as it is; what cannot stand there is quoted whole by whoever refuses the header. */
    private static void checkCharacters(String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("its registrytoken has a character that no token has");
        }
    }

    /** {@code base64} breaks its lines unless it is told not to; old versions of docker pad the password with NUL. */
    private static String decoded(String auth) {
        try {
            byte[] bytes = Base64.getDecoder().decode(withoutSpace(auth));
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // not the decoder's words, which quote a character of it
            throw new IllegalArgumentException("its auth is not the base64 of user:password", e);
        }
    }

    private static String withoutSpace(String auth) {
        StringBuilder dense = new StringBuilder(auth.length());
        auth.chars().filter(c -> !Character.isWhitespace(c)).forEach(c -> dense.append((char) c));
        return dense.toString();
    }
}
