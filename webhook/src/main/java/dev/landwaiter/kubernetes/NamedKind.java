package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Materials.Stored;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that policies refer to, and how one of them is read.
 *
 * @param kind for messages: {@code Secret}
 * @param resources by namespace and name
 */
record NamedKind<T extends HasMetadata>(
        String kind, BiFunction<String, String, Resource<T>> resources, Function<T, Stored> reader) {
    /** Secrets of up to {@code most} bytes; a larger one counts as one that can't be read. */
    static NamedKind<Secret> secrets(ClusterConnection cluster, Limits limits, Limit most) {
        Size size = new Size(limits, most);
        return new NamedKind<>(
                "Secret",
                (namespace, name) ->
                        cluster.client().secrets().inNamespace(namespace).withName(name),
                secret -> size.within(secret.getMetadata().getUid(), Map.of(), secret.getData()));
    }

    /** ConfigMaps, as {@link #secrets}. */
    static NamedKind<ConfigMap> configMaps(ClusterConnection cluster, Limits limits, Limit most) {
        Size size = new Size(limits, most);
        return new NamedKind<>(
                "ConfigMap",
                (namespace, name) ->
                        cluster.client().configMaps().inNamespace(namespace).withName(name),
                map -> size.within(map.getMetadata().getUid(), map.getData(), map.getBinaryData()));
    }

    /** Reads what is not larger than {@code most}. */
    private record Size(Limits limits, Limit most) {
        Stored within(
                @Nullable String uid, @Nullable Map<String, String> texts, @Nullable Map<String, String> encoded) {
            Map<String, String> plain = texts == null ? Map.of() : texts;
            Map<String, String> base64 = encoded == null ? Map.of() : encoded;
            long bytes = characters(plain.values()) + characters(base64.values()) * 3 / 4;
            if (bytes > limits.get(most)) {
                return new Stored.Absent(
                        "it is larger than the limit '%s' of %d bytes".formatted(most.text(), limits.get(most)));
            }
            Map<String, byte[]> entries = new HashMap<>();
            try {
                base64.forEach(
                        (key, value) -> entries.put(key, Base64.getDecoder().decode(value)));
            } catch (IllegalArgumentException e) {
                return new Stored.Absent("its data is not base64");
            }
            plain.forEach((key, value) -> entries.put(key, value.getBytes(StandardCharsets.UTF_8)));
            return new Stored.Present(uid == null ? "" : uid, entries);
        }

        private static long characters(Collection<String> texts) {
            return texts.stream().mapToLong(String::length).sum();
        }
    }

    /** Whether both hold the same. */
    static boolean same(Stored one, Stored other) {
        return switch (one) {
            case Stored.Absent(String why) -> other instanceof Stored.Absent(String otherWhy) && why.equals(otherWhy);
            case Stored.Present(String uid, Map<String, byte[]> entries) ->
                other instanceof Stored.Present(String otherUid, Map<String, byte[]> others)
                        && uid.equals(otherUid)
                        && entries.keySet().equals(others.keySet())
                        && entries.entrySet().stream()
                                .allMatch(entry -> Arrays.equals(entry.getValue(), others.get(entry.getKey())));
        };
    }
}
