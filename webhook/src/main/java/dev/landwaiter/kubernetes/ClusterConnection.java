package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.ClientIdentity;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.limit.Shares;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** A connection to one API server. It asks nothing of it until it is used; close it last. */
public final class ClusterConnection implements AutoCloseable {
    /** Where every container of a Pod finds its ServiceAccount. */
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Duration CONNECT = Duration.ofSeconds(3);
    /** Decisions have deadlines of their own, and status writes and lists need no more. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    private static final int TOO_MANY_REQUESTS = 429;

    private final KubernetesClient client;
    /** Of decisions, with a connection of its own: what is watched begins with a list, and tenants' policies name very many objects. */
    private final KubernetesClient reader;
    /**
     * An API server takes 100 requests at once over one connection, and the JDK's client fails every one beyond that instead of waiting
     * (JDK-8225647). Tenants say which Secrets are read, so without this one tenant's Pods would make the reads of all others fail.
     */
    private final Shares reads;

    private final Asking asking;

    private final InstantSource clock;
    private final Contact contact;
    private final Watches watches;

    private ClusterConnection(
            Config config, Optional<ClientIdentity> identity, Limits limits, InstantSource clock, Asking asking) {
        this.asking = asking;
        this.clock = clock;
        this.contact = new Contact(config.getMasterUrl(), clock);
        this.watches = new Watches(contact);
        ObservedHttpClientFactory http = new ObservedHttpClientFactory(contact, config, identity);
        this.client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(http)
                .build();
        this.reader = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(http)
                .build();
        watches.start();
        this.reads = new Shares(
                "reads of the API server",
                limits.count(Limit.CLUSTER_READS_AT_ONCE),
                limits.count(Limit.CLUSTER_READS_OF_NAMESPACE),
                limits.count(Limit.CLUSTER_READS_WAITING));
    }

    /** Who asks, and so what to do where the API server does not answer. */
    private enum Asking {
        WEBHOOK(
                "It does not accept the webhook's token or client certificate: renew it, as docs/install.md says under 'Renewing'.",
                "Give the webhook's ServiceAccount the right to get %s.",
                "Check the network between the webhook and the API server, then try again."),
        PERSON(
                "It does not accept the credentials of the kubeconfig: log in again, and check them with kubectl auth whoami.",
                "Ask an admin of the cluster for the right to get %s; docs/cli.md has a ClusterRole for it.",
                "Check the network between here and the API server, then try again.");

        private final String unauthorized;
        private final String forbidden;
        private final String unreachable;

        Asking(String unauthorized, String forbidden, String unreachable) {
            this.unauthorized = unauthorized;
            this.forbidden = forbidden;
            this.unreachable = unreachable;
        }
    }

    /**
     * The cluster that {@code kubeconfig}'s current context names.
     *
     * @throws Failure {@code FILE_UNREADABLE} where it is no kubeconfig, or names a key that cannot be used
     */
    public static ClusterConnection of(Path kubeconfig, Limits limits) {
        return of(kubeconfig, limits, Asking.WEBHOOK);
    }

    private static ClusterConnection of(Path kubeconfig, Limits limits, Asking asking) {
        Kubeconfig read = Kubeconfig.read(kubeconfig, limits);
        return of(read.config(), read.identity(), limits, InstantSource.system(), asking);
    }

    /** As {@link #of(Path, Limits)}, for a person who looks: messages about missing rights speak of that person's. */
    public static ClusterConnection ofPerson(Path kubeconfig, Limits limits) {
        return of(kubeconfig, limits, Asking.PERSON);
    }

    /** The cluster that this process runs in, empty where it runs in none. */
    public static Optional<ClusterConnection> inCluster(Map<String, String> environment, Limits limits) {
        return inCluster(environment, SERVICE_ACCOUNT, limits);
    }

    static Optional<ClusterConnection> inCluster(Map<String, String> environment, Path serviceAccount, Limits limits) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        Path token = serviceAccount.resolve("token");
        if (host.isEmpty() || port.isEmpty() || !Files.isReadable(token)) {
            return Optional.empty();
        }
        return Optional.of(of(
                new ConfigBuilder(Config.empty())
                        .withMasterUrl(
                                "https://%s:%s/".formatted(host.indexOf(':') >= 0 ? "[" + host + "]" : host, port))
                        .withCaCertFile(serviceAccount.resolve("ca.crt").toString())
                        .withOauthTokenProvider(new TokenFile(token))
                        .build(),
                limits));
    }

    static ClusterConnection of(Config config, Limits limits) {
        return of(config, limits, InstantSource.system());
    }

    static ClusterConnection of(Config config, Limits limits, InstantSource clock) {
        return of(config, Optional.empty(), limits, clock, Asking.WEBHOOK);
    }

    private static ClusterConnection of(
            Config config, Optional<ClientIdentity> identity, Limits limits, InstantSource clock, Asking asking) {
        Config bounded = new ConfigBuilder(config)
                .withConnectionTimeout(Math.toIntExact(CONNECT.toMillis()))
                .withRequestTimeout(Math.toIntExact(REQUEST.toMillis()))
                // informers start over by themselves; whoever waits for an answer is better told at once
                .withRequestRetryBackoffLimit(0)
                .build();
        return new ClusterConnection(bounded, identity, limits, clock, asking);
    }

    /** How the API server takes our requests. */
    public Contact contact() {
        return contact;
    }

    /** How what is watched is. */
    public Watches watches() {
        return watches;
    }

    InstantSource clock() {
        return clock;
    }

    /** For what is watched and written. */
    KubernetesClient client() {
        return client;
    }

    /** The API server's address, for messages. */
    public String address() {
        return client.getMasterUrl().toString();
    }

    /**
     * What {@code call} gives by {@code deadline}, once it is the turn of the deadline's tenant.
     *
     * @param code of the failure where the API server refuses or does not answer
     * @param what is read, for messages: {@code labels of namespace "shop"}
     */
    <T> T ask(Function<KubernetesClient, T> call, Code code, String what, Deadline deadline) {
        deadline.check("reading " + what);
        Callable<T> told = () -> {
            try (Shares.Permit _ = reads.acquire(deadline, "reading " + what)) {
                return call.apply(reader);
            } catch (KubernetesClientException e) {
                throw failure(e, code, what);
            }
        };
        return Parallel.all(List.of(told), deadline, "reading " + what).getFirst();
    }

    private Failure failure(KubernetesClientException e, Code code, String what) {
        String why = e.getCode() > 0
                ? "the API server answered %d%s".formatted(e.getCode(), reason(e))
                : "the API server at %s cannot be reached: %s".formatted(address(), Contact.why(e));
        String next = switch (e.getCode()) {
            case 401 -> asking.unauthorized;
            case 403 -> asking.forbidden.formatted(resource(e));
            case TOO_MANY_REQUESTS -> "It is asked too much; try again.";
            case 0, -1 -> asking.unreachable;
            default -> "See why in the API server's log, then try again.";
        };
        // it means that too much is asked of it, which a tenant can bring about: a lack of room, and never 'could not
        // check'
        Code told = e.getCode() == TOO_MANY_REQUESTS ? Code.OVERLOADED : code;
        return new Failure(told, "Could not read %s: %s. %s".formatted(what, why, next), e);
    }

    private static String reason(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getReason() == null
                ? ""
                : " " + e.getStatus().getReason();
    }

    /** What was asked for: {@code namespaces}. */
    private static String resource(KubernetesClientException e) {
        return e.getStatus() == null
                        || e.getStatus().getDetails() == null
                        || e.getStatus().getDetails().getKind() == null
                ? "it"
                : e.getStatus().getDetails().getKind();
    }

    @Override
    public void close() {
        contact.close();
        watches.close();
        reader.close();
        client.close();
    }
}
