package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.kubernetes.ReadableCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code doctor} asks an API server over HTTP, and prints what is wrong. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorIT {
    @TempDir
    private static Path folder;

    private ReadableCluster cluster;

    @BeforeAll
    void start() {
        cluster = new ReadableCluster();
        cluster.namespace("shop", Map.of("landwaiter.dev/admission", "enabled"));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private Ran doctor(String... args) {
        List<String> all = new ArrayList<>(List.of("doctor", "--kubeconfig", cluster.kubeconfig(folder)));
        all.addAll(List.of(args));
        return Ran.with(Map.of(), all.toArray(String[]::new));
    }

    @Test
    void aClusterWithoutTheWebhookIsTold() {
        cluster.allowAll();
        Ran ran = doctor();

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .startsWith("Installation \"landwaiter\" in namespace \"landwaiter\"\n")
                .contains("""
                        error    MutatingWebhookConfiguration "landwaiter"  configuration-missing
                                 It is not there, so the API server does not call /mutate, and images are not pinned.
                                 Next: If somebody broke the glass, install again by helm upgrade;""")
                .contains("definition-missing", " errors, ");
    }

    @Test
    void itsResultInJsonHasEveryField() {
        cluster.allowAll();
        JsonNode json = doctor("-o", "json").json();

        assertThat(json.path("webhookConfiguration").asText()).isEqualTo("landwaiter");
        assertThat(json.path("errors").asInt()).isPositive();
        assertThat(json.path("findings"))
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.properties())
                        .extracting(Map.Entry::getKey)
                        .containsExactly("code", "severity", "where", "what", "next"));
    }

    @Test
    void aRightThatIsMissingIsNamedAndTheRestGoesOn() {
        cluster.allowAll();
        cluster.refuse(403, "namespaces", "endpointslices");
        JsonNode json = doctor("-o", "json").json();
        cluster.allowAll();

        assertThat(json.path("findings"))
                .anySatisfy(finding -> {
                    assertThat(finding.path("code").asText()).isEqualTo("cannot-look");
                    assertThat(finding.path("where").asText()).isEqualTo("list namespaces");
                })
                .anySatisfy(finding -> assertThat(finding.path("code").asText()).isEqualTo("configuration-missing"));
    }

    @Test
    void nothingButReviewsIsWritten() {
        cluster.allowAll();
        Ran _ = doctor();

        assertThat(cluster.asked())
                .isNotEmpty()
                .allMatch(request -> request.startsWith("GET ")
                        || request.equals("POST /apis/authorization.k8s.io/v1/subjectaccessreviews"));
    }

    @Test
    void withoutAClusterItIsAMistakeOfUsage() {
        Ran.with(Map.of(), "doctor")
                .failed(
                        ExitCode.USAGE,
                        "Could not look at a cluster: none is named. Give --kubeconfig FILE, or set LANDWAITER_KUBECONFIG. (SETTING_INVALID)");
    }

    @Test
    void anApiServerThatDoesNotTakeTheTokenIsTold() {
        cluster.refuse(401, "apis");
        doctor().failed(
                        ExitCode.COULD_NOT_CHECK,
                        "Could not look at the cluster at %s: the API server answered 401 Unauthorized. Check that the credentials of the kubeconfig are still good, for instance by kubectl auth whoami. (CLUSTER_UNAVAILABLE)"
                                .formatted(cluster.address().replaceAll("/$", "")));
        cluster.allowAll();
    }
}
