package dev.landwaiter.tuf;

import dev.sigstore.tuf.Fetcher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hands the files of a mirror to sigstore-java's client, and remembers them as they came. */
final class FetchedFiles {
    private static final String TARGETS = "targets/";

    private final Mirror mirror;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private String asked = "root.json";
    private String received = "root.json";

    FetchedFiles(Mirror mirror) {
        this.mirror = mirror;
    }

    Fetcher metadata() {
        return new Below("");
    }

    Fetcher targets() {
        return new Below(TARGETS);
    }

    /** What was fetched, by its path below the mirror. */
    Map<String, byte[]> files() {
        return files;
    }

    /** What was asked for last, whether it is there or not. */
    String asked() {
        return asked;
    }

    /** What came last. */
    String received() {
        return received;
    }

    private final class Below implements Fetcher {
        private final String folder;

        Below(String folder) {
            this.folder = folder;
        }

        @Override
        public String getSource() {
            return "the mirror";
        }

        @Override
        public byte @Nullable [] fetchResource(String name, int most) {
            asked = folder + name;
            Optional<byte[]> file = mirror.find(asked, most);
            file.ifPresent(content -> {
                received = asked;
                files.put(asked, content);
            });
            return file.orElse(null);
        }
    }
}
