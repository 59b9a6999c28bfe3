package dev.landwaiter.tuf;

import dev.sigstore.tuf.TargetStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The targets of one attempt, once they are found to be what was promised. It begins empty: what was fetched before is fetched again. */
final class FetchedTarget implements TargetStore {
    private final Map<String, byte[]> byName = new HashMap<>();

    @Override
    public String getIdentifier() {
        return "memory";
    }

    @Override
    public void writeTarget(String name, byte[] content) {
        byName.put(name, content);
    }

    @Override
    public byte[] readTarget(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    @Override
    public InputStream getTargetInputSteam(String name) {
        return new ByteArrayInputStream(readTarget(name));
    }

    @Override
    public boolean hasTarget(String name) {
        return byName.containsKey(name);
    }
}
