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

/**
 * The policies and exceptions, and the namespaces' labels, of a folder of YAML or JSON files, or of one such file. A folder with a mistake is refused at the start; at a
 * {@link #reload} the last good set stays in force, and {@link #problem} says why.
 */
public final class PolicyFolder implements PolicySource, Namespaces {
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

    /** Reads the folder again if its contents changed; says whether other policies are in force now. */
    public boolean reload() {
        return reload(false);
    }

    /** Reads the folder again although it is as it was, because something beyond it changed: the public good instance's trust root. */
    public void readAgain() {
        boolean _ = reload(true);
    }

    /** One at a time: what was read before something beyond the folder changed must not take the place of what was read after it. */
    private synchronized boolean reload(boolean anyway) {
        outdated |= anyway;
        try {
            PolicyFiles files = PolicyFiles.read(folder, limits);
            boolean changed = outdated || !files.digest().equals(loaded.get().digest());
            if (changed) {
                loaded.set(load(files));
                outdated = false;
            }
            problem.set(Optional.empty());
            return changed;
        } catch (Failure e) {
            problem.set(Optional.of(e));
            return false;
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
