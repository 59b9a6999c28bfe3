package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads ClusterImagePolicy objects, from the API server or from files alike. It never fails: what can't be applied as written
 * becomes a broken policy that says why, and that matches no less than was meant.
 */
public final class PolicyReader {
    /** The API group and version of every kind of ours. */
    public static final String API_VERSION = "landwaiter.dev/v1alpha1";

    public static final String KIND = "ClusterImagePolicy";

    private static final List<ImageGlob> EVERYTHING = List.of(new ImageGlob("**"));

    /** The policy that {@code object} is; {@link ImagePolicy#problem} says what is wrong with it, if anything is. */
    public ImagePolicy read(JsonNode object) {
        return new Reading(object).policy();
    }

    /** One object being read: every problem of it is collected, so that an admin mends them all at once. */
    private final class Reading {
        private final JsonNode object;
        private final JsonNode spec;
        private final List<String> problems = new ArrayList<>();

        Reading(JsonNode object) {
            this.object = object;
            this.spec = object.path("spec");
        }

        ImagePolicy policy() {
            String name = object.path("metadata").path("name").asText("");
            if (name.isEmpty()) {
                problems.add("metadata.name is missing");
            }
            if (!spec.isObject()) {
                problems.add("spec is missing");
            }
            known(spec, "spec", Set.of("images", "namespaceSelector", "mode", "onUnavailable", "authorities"));
            Optional<List<ImageGlob>> images = images();
            Optional<Mode> mode = choice("mode", Mode.class, Mode.ENFORCE);
            NamespaceSelector namespaces = new SelectorReader(problems).read(spec.path("namespaceSelector"));
            OnUnavailable onUnavailable = choice("onUnavailable", OnUnavailable.class, OnUnavailable.DENY)
                    .orElse(OnUnavailable.DENY);
            List<Authority> authorities = authorities();
            boolean unreadable = images.isEmpty() || mode.isEmpty();
            return new ImagePolicy(
                    name,
                    "",
                    unreadable ? EVERYTHING : images.orElseThrow(),
                    namespaces,
                    unreadable ? Mode.ENFORCE : mode.orElseThrow(),
                    onUnavailable,
                    authorities,
                    1,
                    problems.isEmpty() ? null : String.join("; ", problems),
                    contentDigest(authorities));
        }

        private Optional<List<ImageGlob>> images() {
            JsonNode list = spec.path("images");
            if (!list.isArray() || list.isEmpty()) {
                problems.add("spec.images needs at least one glob");
                return Optional.empty();
            }
            List<ImageGlob> globs = new ArrayList<>();
            int before = problems.size();
            for (int i = 0; i < list.size(); i++) {
                String path = "spec.images[" + i + "]";
                known(list.get(i), path, Set.of("glob"));
                try {
                    globs.add(new ImageGlob(list.get(i).path("glob").asText("")));
                } catch (Failure e) {
                    problems.add(path + ".glob: " + e.message());
                }
            }
            return problems.size() == before ? Optional.of(globs) : Optional.empty();
        }

        private <E extends Enum<E>> Optional<E> choice(String field, Class<E> type, E byDefault) {
            JsonNode node = spec.path(field);
            if (node.isMissingNode() || node.isNull()) {
                return Optional.of(byDefault);
            }
            List<String> names = new ArrayList<>();
            for (E value : type.getEnumConstants()) {
                String name = value.name().toLowerCase(Locale.ROOT);
                if (name.equals(node.textValue())) {
                    return Optional.of(value);
                }
                names.add(name);
            }
            problems.add(
                    "spec.%s is \"%s\"; it takes one of %s".formatted(field, shown(node), String.join(", ", names)));
            return Optional.empty();
        }

        private List<Authority> authorities() {
            JsonNode list = spec.path("authorities");
            if (!list.isArray() || list.isEmpty()) {
                problems.add("spec.authorities needs at least one authority");
                return List.of();
            }
            List<Authority> authorities = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (int i = 0; i < list.size(); i++) {
                String path = "spec.authorities[" + i + "]";
                JsonNode node = list.get(i);
                known(node, path, Set.of("name", "key", "static"));
                String name = node.path("name").asText("authority-" + i);
                if (!names.add(name)) {
                    problems.add("%s.name \"%s\" stands twice".formatted(path, name));
                }
                authority(node, name, path).ifPresent(authorities::add);
            }
            return authorities;
        }

        private Optional<Authority> authority(JsonNode node, String name, String path) {
            boolean key = node.path("key").isObject();
            boolean isStatic = node.path("static").isObject();
            if (key == isStatic) {
                problems.add(path + " needs exactly one of key and static");
                return Optional.empty();
            }
            return key
                    ? key(node.path("key"), name, path + ".key")
                    : fixed(node.path("static"), name, path + ".static");
        }

        private Optional<Authority> key(JsonNode key, String name, String path) {
            known(key, path, Set.of("data"));
            String pem = key.path("data").asText("");
            if (pem.isBlank()) {
                problems.add(path + ".data is missing: paste the public key in PEM there");
                return Optional.empty();
            }
            try {
                return Optional.of(
                        new Authority.Key(name, List.of(VerificationKey.parse(pem, path + ".data")), Terms.PLAIN));
            } catch (Failure e) {
                problems.add(e.message());
                return Optional.empty();
            }
        }

        private Optional<Authority> fixed(JsonNode fixed, String name, String path) {
            known(fixed, path, Set.of("action", "message"));
            String action = fixed.path("action").asText("");
            return switch (action) {
                case "pass" -> Optional.of(new Authority.StaticPass(name));
                case "fail" ->
                    Optional.of(
                            new Authority.StaticFail(name, fixed.path("message").asText("")));
                default -> {
                    problems.add("%s.action is \"%s\"; it takes pass or fail".formatted(path, action));
                    yield Optional.empty();
                }
            };
        }

        /** A field that is not understood might have made the policy stricter: it is never passed over. */
        private void known(JsonNode node, String path, Set<String> fields) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (!fields.contains(field.getKey()) && !field.getValue().isNull()) {
                    problems.add("%s.%s is not supported by this version".formatted(path, field.getKey()));
                }
            }
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isTextual() ? node.textValue() : node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private static String contentDigest(List<Authority> authorities) {
        StringBuilder content = new StringBuilder();
        for (Authority authority : authorities) {
            String[] parts = switch (authority) {
                case Authority.Key key ->
                    new String[] {
                        "key",
                        key.name(),
                        key.keys().stream().map(VerificationKey::fingerprint).collect(Collectors.joining(","))
                    };
                case Authority.Keyless keyless ->
                    throw new Failure(Code.INTERNAL_ERROR, "not built yet: " + keyless.name());
                case Authority.StaticPass pass -> new String[] {"pass", pass.name()};
                case Authority.StaticFail fail -> new String[] {"fail", fail.name(), fail.message()};
            };
            for (String part : parts) {
                content.append(part.length()).append(':').append(part);
            }
        }
        return Digest.sha256(content.toString().getBytes(StandardCharsets.UTF_8))
                .hex();
    }
}
