package dev.landwaiter.credential;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keychain of whoever runs the program: for the CLI, and for a webhook without a cluster. Of the files in their order the first that has
 * a credential counts: {@code $DOCKER_CONFIG/config.json} (else {@code ~/.docker/config.json}), then {@code
 * $XDG_RUNTIME_DIR/containers/auth.json}; in each, as docker does, the registry's own credential helper before the entries, and the helper
 * for all registries after them.
 */
public final class DockerConfigKeychain implements Keychain {
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final long MAX_FILE = 4 << 20;
    /** What a credential with its notes takes in memory at most, about. */
    private static final int FOUND_BYTES = 8 << 10;

    private static final String DOCKER_HUB = "docker.io";

    private final List<Path> files;
    private final Limits limits;
    private final CredentialHelper helper;
    private final RememberedReads<String, Found> known;

    /**
     * A keychain of what the environment names.
     *
     * @param environment as of {@link System#getenv()}
     * @param home the user's folder
     * @param ticker a monotonic clock in nanoseconds
     */
    public DockerConfigKeychain(Map<String, String> environment, Path home, Limits limits, Ticker ticker) {
        this(files(environment, home), environment, limits, ticker);
    }

    private DockerConfigKeychain(List<Path> files, Map<String, String> environment, Limits limits, Ticker ticker) {
        this.files = List.copyOf(files);
        this.limits = limits;
        this.helper = new CredentialHelper(environment, limits);
        this.known = new RememberedReads<>(KEPT, KEPT, ticker, _ -> FOUND_BYTES);
    }

    /** A keychain of {@code file} alone, whatever it is called: docker's config.json, podman's auth.json. */
    public static DockerConfigKeychain ofFile(
            Path file, Map<String, String> environment, Limits limits, Ticker ticker) {
        return new DockerConfigKeychain(List.of(file), environment, limits, ticker);
    }

    private static List<Path> files(Map<String, String> environment, Path home) {
        List<Path> files = new ArrayList<>();
        String docker = environment.getOrDefault("DOCKER_CONFIG", "");
        files.add((docker.isEmpty() ? home.resolve(".docker") : Path.of(docker)).resolve("config.json"));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty()) {
            files.add(Path.of(runtime, "containers", "auth.json"));
        }
        return files;
    }

    @Override
    public Found find(ImageReference reference, Deadline deadline) {
        Found remembered = known.remembered(reference.name());
        return remembered != null
                ? remembered
                : known.get(
                        reference.name(),
                        deadline,
                        "looking for credentials for " + reference.name(),
                        own -> known.read(search(reference, own), true));
    }

    @Override
    public Found refresh(ImageReference reference, Deadline deadline) {
        known.forget(reference.name());
        return find(reference, deadline);
    }

    private Found search(ImageReference reference, Deadline deadline) {
        Notes notes = new Notes();
        for (Path file : files) {
            Optional<Credential> found = config(file).flatMap(config -> inFile(config, reference, notes, deadline));
            if (found.isPresent()) {
                return new Found(found.get(), notes.list());
            }
        }
        if (notes.list().isEmpty()) {
            notes.add("there is no docker configuration (%s)"
                    .formatted(
                            String.join(", ", files.stream().map(Path::toString).toList())));
        }
        return Found.anonymous(notes.list());
    }

    private Optional<DockerConfig> config(Path file) {
        String source = "docker configuration \"" + file + "\"";
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_FILE) {
                return Optional.of(DockerConfig.without(source, source + " is larger than " + MAX_FILE + " bytes"));
            }
            return Optional.of(
                    DockerConfig.parse(Files.readAllBytes(file), DockerConfig.Form.CONFIG_JSON, source, limits));
        } catch (IOException e) {
            return Optional.of(DockerConfig.without(source, source + " cannot be read"));
        }
    }

    private Optional<Credential> inFile(DockerConfig config, ImageReference reference, Notes notes, Deadline deadline) {
        notes.addAll(config.problems());
        String own = config.helpers().getOrDefault(reference.registry(), "");
        if (!own.isEmpty()) {
            return fromHelper(own, config, reference, notes, deadline);
        }
        Optional<Credential> entry = config.find(reference).map(DockerConfig.Entry::credential);
        if (entry.isPresent()) {
            return entry;
        }
        if (!config.store().isEmpty()) {
            return fromHelper(config.store(), config, reference, notes, deadline);
        }
        if (config.lacksAnEntry()) {
            notes.add(config.source() + " has no entry for " + reference.name());
        }
        return Optional.empty();
    }

    private Optional<Credential> fromHelper(
            String name, DockerConfig config, ImageReference reference, Notes notes, Deadline deadline) {
        String registry = reference.registry();
        String server = registry.equals(DOCKER_HUB) ? "https://index.docker.io/v1/" : registry;
        try {
            return Optional.of(
                    helper.get(name, server, "credential helper \"" + name + "\" of " + config.source(), deadline));
        } catch (IllegalArgumentException e) {
            notes.add("credential helper \"%s\" of %s has nothing for %s: %s"
                    .formatted(name, config.source(), registry, e.getMessage()));
            return Optional.empty();
        }
    }
}
