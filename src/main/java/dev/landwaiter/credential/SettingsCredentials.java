package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The credentials that the operator gives to namespaces in a file of the settings: each entry is for a registry path and for the namespaces
 * that it names, both of which it must name. Immutable.
 */
public final class SettingsCredentials {
    /** No entries. */
    public static final SettingsCredentials NONE = new SettingsCredentials(List.of(), "");

    private static final String EVERY_NAMESPACE = "*";

    private final List<Entry> entries;
    private final String digest;

    /** @param digest of the files that they were read from */
    SettingsCredentials(List<Entry> entries, String digest) {
        this.digest = digest;
        this.entries = entries.stream()
                .sorted((a, b) -> RegistryPath.MOST_SPECIFIC_FIRST.compare(a.path(), b.path()))
                .toList();
    }

    /**
     * One entry.
     *
     * @param config which of its entries covers an image decides; the path above bounds it
     */
    record Entry(RegistryPath path, Set<String> namespaces, DockerConfig config) {
        Entry {
            namespaces = Set.copyOf(namespaces);
        }

        boolean isFor(String namespace) {
            return namespaces.contains(namespace) || namespaces.contains(EVERY_NAMESPACE);
        }
    }

    /** Of all files that they were read from: another one says that something changed. */
    public String digest() {
        return digest;
    }

    /** The keychain of a request in {@code namespace}: what it may use, and nothing else. */
    public Keychain of(String namespace) {
        List<Entry> usable =
                entries.stream().filter(entry -> entry.isFor(namespace)).toList();
        return usable.isEmpty() ? Keychain.ANONYMOUS : new Usable(usable);
    }

    private record Usable(List<Entry> entries) implements Keychain {
        @Override
        public Found find(ImageReference reference, Deadline deadline) {
            Notes notes = new Notes();
            List<Credential> all = new ArrayList<>(1);
            for (Entry entry : entries) {
                if (!entry.path().covers(reference)) {
                    continue;
                }
                Optional<DockerConfig.Entry> found = entry.config().find(reference);
                if (found.isPresent()) {
                    all.add(found.get().credential());
                } else {
                    notes.add(entry.config().source() + " has no entry for " + reference.name());
                }
            }
            return all.isEmpty()
                    ? Found.anonymous(notes.list())
                    : new Found(all.getFirst(), all.subList(1, all.size()), notes.list());
        }
    }
}
