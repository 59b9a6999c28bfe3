package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The keychain of one tenant's request: the Secrets that the Pod names, else those of its ServiceAccount, of its own namespace alone. Of all
 * entries that match the one of the longest path comes first; of two as long, the one of the Secret named earlier.
 *
 * <p>The API server has given a Pod its ServiceAccount's Secrets before it asks us; templates of controllers have not been given them.
 */
public final class PullSecretKeychain implements Keychain {
    private static final int MAX_NAME = 253;
    /** Of a text that is no name, in characters: longer than any name. */
    private static final int SHOWN = 300;
    /** Some hundred microseconds of work. Tenants write both the patterns and the images that they are compared with. */
    private static final int COMPARED_AT_ONCE = 1_024;

    private final RememberingPullSecrets secrets;
    private final Limits limits;
    private final String namespace;
    private final List<String> ofPod;
    private final String serviceAccount;
    /** How many patterns of registries were compared with images' hosts where there was no time: the caller is an event loop. */
    private int compared;

    /**
     * The keychain of a Pod of {@code namespace}.
     *
     * @param imagePullSecrets the names in the Pod's {@code imagePullSecrets}
     * @param serviceAccount as the Pod names it, {@code ""} for {@code default}
     */
    public PullSecretKeychain(
            RememberingPullSecrets secrets,
            Limits limits,
            String namespace,
            List<String> imagePullSecrets,
            String serviceAccount) {
        this.secrets = secrets;
        this.limits = limits;
        this.namespace = namespace;
        this.ofPod = List.copyOf(imagePullSecrets);
        this.serviceAccount = serviceAccount.isEmpty() ? "default" : serviceAccount;
    }

    @Override
    public Found find(ImageReference reference, Deadline deadline) {
        Notes notes = new Notes();
        List<DockerConfig> configs = configs(named(notes, deadline), notes, deadline);
        List<DockerConfig.Entry> covering = new ArrayList<>(1);
        for (DockerConfig config : configs) {
            compare(config.patterns(), deadline);
            notes.addAll(config.problems());
            List<DockerConfig.Entry> found = config.covering(reference);
            if (found.isEmpty() && config.lacksAnEntry()) {
                notes.add(config.source() + " has no entry for " + reference.name());
            }
            covering.addAll(found);
        }
        return found(covering, notes);
    }

    /** All of {@code covering} in the order in which the kubelet tries them, each credential once. */
    private Found found(List<DockerConfig.Entry> covering, Notes notes) {
        if (covering.isEmpty()) {
            return Found.anonymous(notes.list());
        }
        if (covering.size() == 1) {
            return new Found(covering.getFirst().credential(), notes.list());
        }
        // as long and as much spelt out: in the order of the Secrets
        covering.sort((one, other) -> RegistryPath.MOST_SPECIFIC_FIRST.compare(one.path(), other.path()));
        Map<CredentialIdentity, Credential> each = new LinkedHashMap<>();
        covering.forEach(entry -> each.putIfAbsent(entry.credential().identity(), entry.credential()));
        List<Credential> all = List.copyOf(each.values());
        int most = limits.count(Limit.CREDENTIALS_TRIED);
        if (all.size() > most) {
            notes.add("%d more credentials match, and the limit '%s' is %d"
                    .formatted(all.size() - most, Limit.CREDENTIALS_TRIED.text(), most));
        }
        return new Found(all.getFirst(), all.subList(1, Math.min(most, all.size())), notes.list());
    }

    private void compare(int patterns, Deadline deadline) {
        if (deadline.expired()) {
            compared += patterns;
            if (compared > COMPARED_AT_ONCE) {
                throw deadline.exceeded("looking for credentials in the pull secrets of namespace " + namespace);
            }
        }
    }

    @Override
    public Found refresh(ImageReference reference, Deadline deadline) {
        if (!ofPod.isEmpty()) {
            ofPod.forEach(name -> secrets.forget(namespace, name));
        } else if (isName(serviceAccount)) {
            if (secrets.serviceAccount(namespace, serviceAccount, deadline)
                    instanceof PullSecrets.Account.Named(List<String> names)) {
                names.forEach(name -> secrets.forget(namespace, name));
            }
            secrets.forgetServiceAccount(namespace, serviceAccount);
        }
        return find(reference, deadline);
    }

    private List<String> named(Notes notes, Deadline deadline) {
        if (!ofPod.isEmpty()) {
            return ofPod;
        }
        if (!isName(serviceAccount)) {
            notes.add("service account \"" + Shown.of(serviceAccount, SHOWN) + "\" is not a name");
            return List.of();
        }
        String account = "service account \"" + namespace + "/" + serviceAccount + "\"";
        return switch (secrets.serviceAccount(namespace, serviceAccount, deadline)) {
            case PullSecrets.Account.Named(List<String> names) -> {
                if (names.isEmpty()) {
                    notes.add("neither the Pod nor " + account + " names imagePullSecrets");
                }
                yield names;
            }
            case PullSecrets.Account.Unread(String why) -> {
                notes.add("the Pod names no imagePullSecrets, and " + account + " " + why);
                yield List.of();
            }
        };
    }

    /** What the named Secrets hold, in their order; those that are not remembered are read at the same time. */
    private List<DockerConfig> configs(List<String> names, Notes notes, Deadline deadline) {
        if (names.size() > limits.get(Limit.PULL_SECRETS)) {
            throw limits.exceeded(Limit.PULL_SECRETS, "the imagePullSecrets of a Pod of namespace " + namespace);
        }
        List<String> good = new ArrayList<>(names.size());
        List<DockerConfig> remembered = new ArrayList<>(names.size());
        for (String name : names) {
            if (isName(name)) {
                good.add(name);
                secrets.rememberedSecret(namespace, name).ifPresent(remembered::add);
            } else {
                notes.add("\"" + Shown.of(name, SHOWN) + "\" is not the name of a secret");
            }
        }
        return remembered.size() == good.size()
                ? remembered
                : Parallel.all(
                        good.stream()
                                .<Callable<DockerConfig>>map(name -> () -> secrets.secret(namespace, name, deadline))
                                .toList(),
                        deadline,
                        "reading the pull secrets of namespace " + namespace);
    }

    /** Whether it may be an object's name: nothing that would name another object when it becomes part of a URL. By hand, for speed. */
    private static boolean isName(String text) {
        boolean good = !text.isEmpty() && text.length() <= MAX_NAME;
        for (int i = 0; good && i < text.length(); i++) {
            char c = text.charAt(i);
            boolean inner = i > 0 && i < text.length() - 1;
            good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (inner && (c == '-' || c == '.'));
        }
        return good;
    }
}
