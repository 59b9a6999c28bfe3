package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Parallel;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A connection to one API server. It asks nothing of it until it is used; close it last. */
public final class ClusterConnection implements AutoCloseable {
    /** Where every container of a Pod finds its ServiceAccount. */
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Duration CONNECT = Duration.ofSeconds(3);
    /** Decisions have deadlines of their own, and status writes and lists need no more. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    private final KubernetesClient client;

    private ClusterConnection(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The cluster that {@code kubeconfig}'s current context names.
     *
     * @throws Failure {@code FILE_UNREADABLE} where it is no kubeconfig
     */
    public static ClusterConnection of(Path kubeconfig) {
        try {
            return of(Config.fromKubeconfig(kubeconfig.toFile()));
        } catch (RuntimeException e) {
            // the parser's words may quote the file, which holds credentials
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read kubeconfig \"%s\": it is not one that can be used (%s). Check it with kubectl --kubeconfig %s version."
                            .formatted(kubeconfig, e.getClass().getSimpleName(), kubeconfig),
                    e);
        }
    }

    /** The cluster that this process runs in, empty where it runs in none. */
    public static Optional<ClusterConnection> inCluster(Map<String, String> environment) {
        return inCluster(environment, SERVICE_ACCOUNT);
    }

    static Optional<ClusterConnection> inCluster(Map<String, String> environment, Path serviceAccount) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        Path token = serviceAccount.resolve("token");
        if (host.isEmpty() || port.isEmpty() || !Files.isReadable(token)) {
            return Optional.empty();
        }
        return Optional.of(of(new ConfigBuilder(Config.empty())
                .withMasterUrl("https://%s:%s/".formatted(host.indexOf(':') >= 0 ? "[" + host + "]" : host, port))
                .withCaCertFile(serviceAccount.resolve("ca.crt").toString())
                // read each time: the kubelet renews it
                .withOauthTokenProvider(() -> text(token))
                .build()));
    }

    static ClusterConnection of(Config config) {
        Config bounded = new ConfigBuilder(config)
                .withConnectionTimeout(Math.toIntExact(CONNECT.toMillis()))
                .withRequestTimeout(Math.toIntExact(REQUEST.toMillis()))
                // informers start over by themselves; whoever waits for an answer is better told at once
                .withRequestRetryBackoffLimit(0)
                .build();
        return new ClusterConnection(
                new KubernetesClientBuilder().withConfig(bounded).build());
    }

    KubernetesClient client() {
        return client;
    }

    /** The API server's address, for messages. */
    public String address() {
        return client.getMasterUrl().toString();
    }

    /**
     * What {@code call} gives by {@code deadline}.
     *
     * @param code of the failure where the API server refuses or does not answer
     * @param what is read, for messages: {@code labels of namespace "shop"}
     */
    <T> T ask(Callable<T> call, Code code, String what, Deadline deadline) {
        deadline.check("reading " + what);
        Callable<T> told = () -> {
            try {
                return call.call();
            } catch (KubernetesClientException e) {
                throw failure(e, code, what);
            }
        };
        return Parallel.all(List.of(told), deadline, "reading " + what).getFirst();
    }

    private Failure failure(KubernetesClientException e, Code code, String what) {
        String why = e.getCode() > 0
                ? "the API server answered %d%s".formatted(e.getCode(), reason(e))
                : "the API server at %s did not answer (%s)"
                        .formatted(address(), rootOf(e).getClass().getSimpleName());
        String next = e.getCode() == 403
                ? "Give the webhook's ServiceAccount that right."
                : "Check that the API server is reachable, then try again.";
        return new Failure(code, "Could not read %s: %s. %s".formatted(what, why, next), e);
    }

    private static String reason(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getReason() == null
                ? ""
                : " " + e.getStatus().getReason();
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
