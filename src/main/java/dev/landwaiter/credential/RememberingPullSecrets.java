package dev.landwaiter.credential;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Pull Secrets as parsed, and the names that ServiceAccounts have of them, remembered by namespace and name: 15 minutes what is there, ten
 * seconds what is not. It holds no bytes of a Secret, only the credentials in it.
 */
public final class RememberingPullSecrets {
    private static final Duration PRESENT = Duration.ofMinutes(15);
    private static final Duration ABSENT = Duration.ofSeconds(10);

    private final PullSecrets secrets;
    private final Limits limits;
    private final RememberedReads<Key, DockerConfig> configs;
    private final RememberedReads<Key, PullSecrets.Account> serviceAccounts;

    /** Reads through {@code secrets}; {@code ticker} is a monotonic clock in nanoseconds. */
    public RememberingPullSecrets(PullSecrets secrets, Limits limits, Ticker ticker) {
        this.secrets = secrets;
        this.limits = limits;
        this.configs = new RememberedReads<>(PRESENT, ABSENT, ticker, DockerConfig::bytes);
        this.serviceAccounts = new RememberedReads<>(PRESENT, ABSENT, ticker, RememberingPullSecrets::bytes);
    }

    private static int bytes(PullSecrets.Account account) {
        return switch (account) {
            case PullSecrets.Account.Named(List<String> secrets) ->
                secrets.stream().mapToInt(name -> 64 + 2 * name.length()).sum();
            case PullSecrets.Account.Unread(String why) -> 64 + 2 * why.length();
        };
    }

    /** What the Secret holds, if that is remembered. */
    Optional<DockerConfig> rememberedSecret(String namespace, String name) {
        return Optional.ofNullable(configs.remembered(new Key(namespace, name)));
    }

    /** What the Secret holds; where it is missing or unusable, a configuration without entries whose problem says so. */
    DockerConfig secret(String namespace, String name, Deadline deadline) {
        String source = "secret \"" + namespace + "/" + name + "\"";
        return configs.get(new Key(namespace, name), deadline, "reading " + source, own -> {
            return switch (secrets.secret(namespace, name, own)) {
                case PullSecrets.Secret secret -> configs.read(parsed(secret, source), true);
                case PullSecrets.Absent(String why) ->
                    configs.read(DockerConfig.without(source, source + " " + why), false);
            };
        });
    }

    private DockerConfig parsed(PullSecrets.Secret secret, String source) {
        return switch (secret.type()) {
            case "kubernetes.io/dockerconfigjson" ->
                DockerConfig.parse(secret.content(), DockerConfig.Form.CONFIG_JSON, source, limits);
            case "kubernetes.io/dockercfg" ->
                DockerConfig.parse(secret.content(), DockerConfig.Form.DOCKERCFG, source, limits);
            default ->
                DockerConfig.without(
                        source, source + " is of type \"" + secret.type() + "\", not kubernetes.io/dockerconfigjson");
        };
    }

    /** Which pull Secrets the ServiceAccount names. */
    PullSecrets.Account serviceAccount(String namespace, String name, Deadline deadline) {
        Key key = new Key(namespace, name);
        PullSecrets.Account remembered = serviceAccounts.remembered(key);
        return remembered != null
                ? remembered
                : serviceAccounts.get(
                        key, deadline, "reading service account \"" + namespace + "/" + name + "\"", own -> {
                            return switch (secrets.serviceAccount(namespace, name, own)) {
                                case PullSecrets.Account.Named(List<String> all) ->
                                    serviceAccounts.read(new PullSecrets.Account.Named(few(all)), !all.isEmpty());
                                case PullSecrets.Account.Unread unread -> serviceAccounts.read(unread, false);
                            };
                        });
    }

    /** More than allowed are refused, and one more than allowed says so. */
    private List<String> few(List<String> all) {
        return all.stream().limit(limits.get(Limit.PULL_SECRETS) + 1).toList();
    }

    /** Forgets the Secret, unless it was read just now. */
    public void forget(String namespace, String name) {
        configs.forget(new Key(namespace, name));
    }

    /** Forgets which Secrets the ServiceAccount has, unless that was read just now. */
    public void forgetServiceAccount(String namespace, String name) {
        serviceAccounts.forget(new Key(namespace, name));
    }

    private record Key(String namespace, String name) {}
}
