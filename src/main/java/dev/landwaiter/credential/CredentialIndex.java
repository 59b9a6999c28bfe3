package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of one docker configuration by host and path: every image of a Pod is looked up in each of its Secrets, so a look-up must not
 * go through all entries. Immutable.
 */
final class CredentialIndex {
    private static final CredentialIndex EMPTY = new CredentialIndex(List.of());

    /** By the host's name, and there by path. */
    private final Map<String, Map<String, List<DockerConfig.Entry>>> named = new HashMap<>();
    /** Those with wildcards: whose host is spelt out most comes first. */
    private final List<Open> open = new ArrayList<>();

    private record Open(HostPattern host, Map<String, List<DockerConfig.Entry>> byPath) {}

    private CredentialIndex(List<DockerConfig.Entry> entries) {
        Map<String, Open> byText = new HashMap<>();
        for (DockerConfig.Entry entry : entries) {
            HostPattern host = entry.path().host();
            Map<String, List<DockerConfig.Entry>> byPath = host.wildcards() == 0
                    ? named.computeIfAbsent(host.text(), _ -> new HashMap<>())
                    : byText.computeIfAbsent(host.text(), _ -> new Open(host, new HashMap<>()))
                            .byPath();
            byPath.computeIfAbsent(entry.path().path(), _ -> new ArrayList<>(1)).add(entry);
        }
        open.addAll(byText.values());
        open.sort(Comparator.<Open>comparingInt(one -> one.host().openLabels())
                .thenComparing(one -> one.host().text()));
    }

    static CredentialIndex of(List<DockerConfig.Entry> entries) {
        return entries.isEmpty() ? EMPTY : new CredentialIndex(entries);
    }

    /** How many patterns a look-up compares with the image's host. */
    int patterns() {
        return open.size();
    }

    /** The entries that cover {@code reference}: the longest path first, of two as long the one whose host is spelt out more, else as written. */
    List<DockerConfig.Entry> covering(ImageReference reference) {
        List<Map<String, List<DockerConfig.Entry>>> hosts = hosts(reference.registry());
        if (hosts.isEmpty()) {
            return List.of();
        }
        List<DockerConfig.Entry> found = new ArrayList<>(1);
        String path = reference.repository();
        while (true) {
            for (Map<String, List<DockerConfig.Entry>> host : hosts) {
                found.addAll(host.getOrDefault(path, List.of()));
            }
            if (path.isEmpty()) {
                return found;
            }
            path = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        }
    }

    private List<Map<String, List<DockerConfig.Entry>>> hosts(String registry) {
        Map<String, List<DockerConfig.Entry>> spelt = named.get(HostPattern.name(registry));
        if (open.isEmpty()) {
            return spelt == null ? List.of() : List.of(spelt);
        }
        List<Map<String, List<DockerConfig.Entry>>> hosts = new ArrayList<>();
        if (spelt != null) {
            hosts.add(spelt);
        }
        for (Open one : open) {
            if (one.host().covers(registry)) {
                hosts.add(one.byPath());
            }
        }
        return hosts;
    }
}
