package dev.landwaiter.kubernetes;

import static dev.landwaiter.kubernetes.MockCluster.await;
import static dev.landwaiter.kubernetes.MockCluster.passing;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Watches that break, of an API server that is gone, refuses the token or a right, and comes back. */
@Timeout(120)
class WatchesIT {
    private static final List<String> POLICIES =
            Stream.of(PolicyKind.values()).map(PolicyKind::plural).toList();

    private static final String KEY =
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH\ng/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==\n-----END PUBLIC KEY-----\n";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final MockCluster api = new MockCluster();
    private final Relay relay = new Relay(api.port());
    private final AtomicReference<Instant> now = new AtomicReference<>(MockCluster.NOW);
    private final ClusterConnection cluster = ClusterConnection.of(config(), Limits.defaults(), now::get);

    private Config config() {
        return new ConfigBuilder(api.admin().getConfiguration())
                .withMasterUrl("http://127.0.0.1:%d/".formatted(relay.port()))
                .withOauthToken("t")
                .withWatchReconnectInterval(20)
                .build();
    }

    private ClusterPolicies policies() {
        return new ClusterPolicies(cluster, "landwaiter", TrustedRoot::publicGood, Limits.defaults(), now::get);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Watches.class.getPackageName());
    }

    private List<String> logged(String part) {
        synchronized (log) {
            return List.copyOf(log.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(message -> message.contains(part))
                    .toList();
        }
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        logger().setLevel(null);
        cluster.close();
        relay.close();
        api.close();
    }

    private boolean allDown(List<String> names) {
        return names.stream().noneMatch(cluster.watches()::connected);
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void aWatchThatIsDownIsSaidAndTheOldPoliciesDecideOn() {
        api.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "first", 1, passing("ghcr.io/**"));
        try (ClusterPolicies policies = policies();
                ClusterNamespaces namespaces = new ClusterNamespaces(cluster)) {
            await(() -> policies.synced() && namespaces.synced());
            await(() -> Watches.names().stream().allMatch(cluster.watches()::connected));
            assertThat(policies.problem()).isEmpty();
            assertThat(namespaces.problem()).isEmpty();

            relay.cut();
            await(() -> allDown(List.of(Watches.NAMESPACES)) && allDown(POLICIES));
            await(() -> cluster.contact().failure("/api/v1/namespaces").isPresent());
            cluster.watches().look();
            assertThat(policies.problem()).as("for a moment nobody is told").isEmpty();
            pass(Duration.ofMinutes(12));

            await(() -> policies.problem()
                    .filter(
                            "the watch of trustroots, clusterimagepolicies, imagepolicies, imagepolicyexceptions has been down since 2026-11-21T10:00:00Z (12 min): connection refused"
                                    ::equals)
                    .isPresent());
            assertThat(namespaces.problem())
                    .contains(
                            "the watch of namespaces has been down since 2026-11-21T10:00:00Z (12 min): connection refused");
            assertThat(cluster.contact().problem())
                    .contains(
                            "the API server at http://127.0.0.1:%d/ has not been reachable since 2026-11-21T10:00:00Z (12 min): connection refused"
                                    .formatted(relay.port()));
            assertThat(cluster.contact().count(Contact.Cause.UNREACHABLE)).isPositive();
            assertThat(cluster.watches().silent(Watches.NAMESPACES)).isEqualTo(Duration.ofMinutes(12));
            assertThat(policies.synced()).isTrue();
            assertThat(MockCluster.find(policies, "first")).isPresent();

            await(() -> logged("The watch of namespaces").size() == 1);
            relay.mend();
            await(() -> logged("The watch of namespaces").size() == 2);
            await(() -> policies.problem().isEmpty() && namespaces.problem().isEmpty());
            await(() -> cluster.contact().problem().isEmpty());
            assertThat(logged("The watch of namespaces"))
                    .containsExactly(
                            "The watch of namespaces has been down since 2026-11-21T10:00:00Z (12 min): connection refused."
                                    + " What was read last stays in force; trying again until it works",
                            "The watch of namespaces is open again");
            assertThat(logged("The API server at")).hasSize(2);
            api.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "second", 2, passing("quay.io/**"));
            await(() -> MockCluster.find(policies, "second").isPresent());
        }
    }

    @Test
    void aTokenThatIsNoLongerAcceptedIsSaid() {
        try (ClusterPolicies policies = policies()) {
            await(policies::synced);
            await(() -> Watches.names().stream().allMatch(cluster.watches()::connected));

            api.answerAll(401);
            relay.drop();
            await(() -> cluster.contact().count(Contact.Cause.UNAUTHORIZED) > 0);
            await(() -> allDown(POLICIES));
            pass(Duration.ofMinutes(3));

            await(() -> policies.problem()
                    .filter(
                            problem -> problem.matches(
                                    "the watch of trustroots, .* has been down since 2026-11-21T10:00:00Z \\(3 min\\): the API server answered 401, because it does not accept the webhook's token .*"))
                    .isPresent());
            assertThat(cluster.contact().problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .contains(" has refused the webhook since 2026-11-21T10:00:00Z (3 min): "));

            api.answerAll(0);
            await(() ->
                    policies.problem().isEmpty() && cluster.contact().problem().isEmpty());
        }
    }

    @Test
    void whatImagePoliciesNameAndCannotBeReadAgainIsSaid() {
        api.configMap("shop", "keys", Map.of("cosign.pub", KEY), Map.of());
        api.create(
                PolicyKind.IMAGE_POLICY,
                "shop",
                "signed",
                1,
                MockCluster.spec("**", Map.of("key", Map.of("configMapRef", Map.of("name", "keys")))));
        try (ClusterPolicies policies = policies()) {
            await(policies::synced);
            await(() -> MockCluster.find(policies, "shop/signed")
                    .filter(policy -> !policy.broken())
                    .isPresent());
            assertThat(policies.polledMaterials()).isEqualTo(1);
            assertThat(policies.staleMaterials()).isEmpty();

            api.answerAll(403);
            await(() -> {
                pass(Duration.ofSeconds(1));
                return policies.staleMaterials().isPresent();
            });
            assertThat(policies.staleMaterials())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith(
                                    "1 of the Secrets and ConfigMaps that ImagePolicies name could not be read again, the first of them since 2026-11-21T1")
                            .contains("(10 s): the API server answered 403, because")
                            .as("whoever reaches the port may read it")
                            .doesNotContain("shop"));
            assertThat(MockCluster.find(policies, "shop/signed").orElseThrow().broken())
                    .isFalse();
            await(() -> logged("What was read last stays in force; trying again until it works").stream()
                    .anyMatch(line -> line.startsWith("1 of the Secrets")
                            && line.contains("the first of them, ConfigMap shop/keys, since 2026")));

            api.answerAll(0);
            await(() -> policies.staleMaterials().isEmpty());
            await(() -> !logged("All Secrets and ConfigMaps that ImagePolicies name are read again")
                    .isEmpty());
        }
    }

    @Test
    void aRightThatIsTakenAwayIsSaid() {
        try (ClusterPolicies policies = policies()) {
            await(policies::synced);
            await(() -> Watches.names().stream().allMatch(cluster.watches()::connected));

            api.answerAll(403);
            relay.drop();
            await(() -> allDown(POLICIES));
            pass(Duration.ofMinutes(3));

            await(() -> policies.problem()
                    .filter(problem -> problem.endsWith(
                            "(3 min): the API server answered 403, because the right to read it is missing"))
                    .isPresent());
            await(() -> cluster.contact().problem().isEmpty());
        }
    }
}
