package dev.landwaiter.kubernetes;

import static dev.landwaiter.kubernetes.MockCluster.await;
import static dev.landwaiter.kubernetes.MockCluster.passing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token file that cannot be used for a while: no watch ends for ever, and the last token serves. */
@Timeout(60)
class LostTokenIT {
    @TempDir
    Path folder;

    private final MockCluster api = new MockCluster();
    private final Relay relay = new Relay(api.port());

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    private ClusterConnection connection(Path token) {
        Config config = new ConfigBuilder(api.admin().getConfiguration())
                .withMasterUrl("http://127.0.0.1:%d/".formatted(relay.port()))
                .withOauthTokenProvider(new TokenFile(token))
                .withWatchReconnectInterval(20)
                .build();
        return ClusterConnection.of(config, Limits.defaults(), InstantSource.system());
    }

    /** What is not there, and what cannot stand in a header. */
    @ParameterizedTest
    @ValueSource(strings = {"", "two\nlines", "caf\u00e9\u0001"})
    void watchesGoOnOnceItIsThereAgain(String meanwhile) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "t");
        api.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "first", 1, passing("ghcr.io/**"));
        try (ClusterConnection cluster = connection(token);
                ClusterPolicies policies = new ClusterPolicies(
                        cluster, "landwaiter", TrustedRoot::publicGood, Limits.defaults(), InstantSource.system())) {
            await(() -> policies.synced() && MockCluster.find(policies, "first").isPresent());
            await(() -> cluster.watches().connected(PolicyKind.CLUSTER_IMAGE_POLICY.plural()));

            if (meanwhile.isEmpty()) {
                Files.delete(token);
            } else {
                Path _ = Files.writeString(token, meanwhile);
            }
            relay.cut();
            await(() -> !cluster.watches().connected(PolicyKind.CLUSTER_IMAGE_POLICY.plural()));
            relay.mend();
            await(() -> cluster.watches().connected(PolicyKind.CLUSTER_IMAGE_POLICY.plural()));
            assertThat(new ClusterPullSecrets(cluster).secret("shop", "pull", Deadline.in(Duration.ofSeconds(10))))
                    .isEqualTo(new PullSecrets.Absent("is missing"));

            Path _ = Files.writeString(token, "t");
            api.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "second", 2, passing("quay.io/**"));
            await(() -> MockCluster.find(policies, "second").isPresent());
        }
    }
}
