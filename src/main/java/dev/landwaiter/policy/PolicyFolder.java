package dev.landwaiter.policy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and exceptions, and the namespaces' labels, of a folder of YAML or JSON files, or of one such file. A folder with a mistake is refused at the start; at a
 * {@link #reload} the last good set stays in force, and {@link #problem} says why.
 */
public final class PolicyFolder implements PolicySource, Namespaces {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFolder.class);

    private final Path folder;
    private final PolicyReader reader;
    private final Limits limits;
    private final AtomicReference<Loaded> loaded;
    private final AtomicReference<Optional<Failure>> problem = new AtomicReference<>(Optional.empty());

    /** Something beyond the folder changed, and the folder could not be read since. */
    private boolean outdated;

    private record Loaded(String digest, PolicySet policies, Map<String, Map<String, String>> namespaces) {}

    private PolicyFolder(Path folder, PolicyReader reader, Limits limits) {
        this.folder = folder;
        this.reader = reader;
        this.limits = limits;
        this.loaded = new AtomicReference<>(load(PolicyFiles.read(folder, limits)));
    }

    /** Reads {@code folder}; every mistake in it goes into one {@link Code#POLICY_BROKEN} or {@link Code#FILE_UNREADABLE}. */
    public static PolicyFolder open(Path folder, PolicyReader reader, Limits limits) {
        return new PolicyFolder(folder, reader, limits);
    }

    @Override
    public PolicySet current() {
        return loaded.get().policies();
    }

    @Override
    public Optional<Map<String, String>> labels(String name, Deadline deadline) {
        return Optional.ofNullable(loaded.get().namespaces().get(name));
    }

    /** Why the folder as it is now is not in force; empty where it is. */
    public Optional<Failure> problem() {
        return problem.get();
    }

    /** The files as they are now. Throws as {@link PolicyFiles#read} does. */
    public PolicyFiles files() {
        return PolicyFiles.read(folder, limits);
    }

    /** Whether what is in force was made of {@code files}, and of nothing beyond them that has changed since. */
    public synchronized boolean inForce(PolicyFiles files) {
        return !outdated && files.digest().equals(loaded.get().digest());
    }

    /**
     * Puts {@code files}, read a moment ago, in force, where they are not already.
     *
     * @throws Failure where they cannot be used: the last good ones stay in force, and {@link #problem} says why
     */
    public void take(PolicyFiles files) {
        boolean _ = load(false, () -> files);
    }

    /** Reads the folder again if its contents changed; says whether other policies are in force now. */
    public boolean reload() {
        return tried(false);
    }

    /** Reads the folder again although it is as it was, because something beyond it changed: the public good instance's trust root. */
    public void readAgain() {
        boolean _ = tried(true);
    }

    private boolean tried(boolean anyway) {
        try {
            return load(anyway, this::files);
        } catch (Failure e) {
            // kept as the problem
            return false;
        } catch (RuntimeException e) {
            LOG.error("Could not read policies of folder {}: the last good ones stay in force", folder, e);
            return false;
        }
    }

    /** One at a time: what was read before something beyond the folder changed must not take the place of what was read after it. */
    private synchronized boolean load(boolean anyway, Supplier<PolicyFiles> read) {
        outdated |= anyway;
        try {
            PolicyFiles files = read.get();
            boolean changed = outdated || !files.digest().equals(loaded.get().digest());
            if (changed) {
                loaded.set(load(files));
                outdated = false;
            }
            problem.set(Optional.empty());
            return changed;
        } catch (RuntimeException e) {
            problem.set(Optional.of(Failure.of(e)));
            throw e;
        }
    }

    private Loaded load(PolicyFiles files) {
        List<String> problems = new ArrayList<>();
        PolicyObjects objects = PolicyObjects.read(files.entries(problems), reader, problems);
        PolicySet policies = objects.set();
        if (policies.policies().size() > limits.count(Limit.POLICIES)) {
            throw limits.exceeded(Limit.POLICIES, "policies of folder \"" + folder + "\"");
        }
        if (!problems.isEmpty()) {
            throw new Failure(
                    Code.POLICY_BROKEN,
                    "Could not load policies of folder \"%s\":\n  - %s\nFix them; nothing of the folder was taken."
                            .formatted(folder, String.join("\n  - ", problems)));
        }
        return new Loaded(files.digest(), policies, objects.namespaces());
    }
}
