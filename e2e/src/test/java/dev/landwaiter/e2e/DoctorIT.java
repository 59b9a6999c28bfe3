package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code landwaiter doctor} on a real API server: silent where all is well, and right about what is not. */
@OnRealCluster
class DoctorIT {
    private final Session session;

    DoctorIT(Session session) {
        this.session = session;
    }

    private Command.Result doctor(Path kubeconfig, String... more) {
        // it refuses settings that it does not know, and that variable of the tests is one
        return Command.of("env", "-u", "LANDWAITER_E2E_HOST")
                .and(Folders.root().resolve("landwaiter").toString(), "doctor", "-o", "json")
                .and("--kubeconfig", kubeconfig.toString())
                .and(more)
                .run();
    }

    private Path admin() {
        String given = System.getenv("LANDWAITER_E2E_KUBECONFIG");
        return given == null || given.isBlank() ? Folders.state().resolve("admin.kubeconfig") : Path.of(given);
    }

    private static List<String> codes(Command.Result result) {
        List<String> codes = new ArrayList<>();
        JsonNode findings = Cluster.parse(result.out()).path("findings");
        findings.forEach(finding -> codes.add(finding.path("code").asText()));
        return codes;
    }

    @Test
    void whereAllIsWellThereIsNothingToMend() {
        Shop shop = Shop.open(session);
        try (Tenant tenant = shop.tenant()) {
            Command.Result result = doctor(
                    admin(), "-n", tenant.namespace(), "--image", shop.signed().reference());
            assertThat(codes(result)).as("%s", result).containsExactly("trial-admitted");
            assertThat(result.exit()).isZero();
        }
    }

    @Test
    void afterBreakGlassItSaysThatNobodyIsCalled() {
        session.unregister();
        try {
            Command.Result result = doctor(admin());
            assertThat(result.exit()).isEqualTo(1);
            assertThat(codes(result)).contains("configuration-missing");
        } finally {
            session.register();
        }
    }

    @Test
    void aRightTooManyIsFound() {
        session.cluster()
                .kubectl("create", "clusterrolebinding", "e2e-too-much", "--clusterrole=cluster-admin")
                .and("--serviceaccount=landwaiter:landwaiter")
                .output();
        try {
            assertThat(codes(doctor(admin()))).contains("right-too-much");
        } finally {
            session.cluster()
                    .kubectl("delete", "clusterrolebinding", "e2e-too-much")
                    .output();
        }
    }

    /** The webhook's own account may read little of what is looked at. */
    @Test
    void whoMayNotLookIsToldWhichRightsAreMissing() {
        Command.Result result = doctor(Folders.state().resolve("webhook.kubeconfig"));
        assertThat(codes(result)).contains("cannot-look");
        assertThat(result.out()).contains("create subjectaccessreviews", "list mutatingwebhookconfigurations");
    }
}
