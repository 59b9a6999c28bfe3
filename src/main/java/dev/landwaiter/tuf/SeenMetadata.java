package dev.landwaiter.tuf;

import dev.sigstore.json.JsonParseException;
import dev.sigstore.tuf.MetaStore;
import dev.sigstore.tuf.model.Root;
import dev.sigstore.tuf.model.RootRole;
import dev.sigstore.tuf.model.SignedTufMeta;
import dev.sigstore.tuf.model.TufMeta;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The newest metadata of each role that was found to be good: nothing older is believed afterwards, also where the attempt that saw it
 * failed later on.
 */
final class SeenMetadata implements MetaStore {
    private static final Pattern ROOT = Pattern.compile("([0-9]{1,9})\\.root\\.json");

    private final Map<String, SignedTufMeta<? extends TufMeta>> byRole = new HashMap<>();
    private final Map<String, byte[]> roots = new LinkedHashMap<>();

    @Override
    public String getIdentifier() {
        return "memory";
    }

    @Override
    public void writeMeta(String role, SignedTufMeta<? extends TufMeta> meta) {
        byRole.put(role, meta);
    }

    @Override
    public void clearMeta(String role) {
        byRole.remove(role);
    }

    @Override
    public <T extends SignedTufMeta<? extends TufMeta>> Optional<T> readMeta(String role, Class<T> type) {
        return Optional.ofNullable(byRole.get(role)).map(type::cast);
    }

    /** Every root since the one that all began with, as it was fetched. */
    Map<String, byte[]> roots() {
        return roots;
    }

    /** Keeps those roots among {@code files} that were found to be good. */
    void keepRoots(Map<String, byte[]> files) throws JsonParseException {
        Optional<Root> newest = readMeta(RootRole.ROOT, Root.class);
        if (newest.isPresent()) {
            int version = newest.get().getSignedMeta().getVersion();
            files.forEach((name, content) -> {
                Matcher root = ROOT.matcher(name);
                if (root.matches() && Integer.parseInt(root.group(1)) <= version) {
                    roots.put(name, content);
                }
            });
        }
    }
}
