package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exceptions, which name what they exempt and end. */
@OnRealCluster
class ExceptionIT {
    private final Session session;
    private final Tenant tenant;
    private final PushedImage image;
    private final PushedImage other;
    private final String policy;

    ExceptionIT(Session session) {
        this.session = session;
        tenant = session.tenant("exception");
        image = session.images().pushUnsigned("exception/old:1");
        other = session.images().pushUnsigned("exception/older:1");
        policy = tenant.requireSignature("**/exception/*", session.images().key(KeyKind.ECDSA_P256));
    }

    @AfterEach
    void leave() {
        session.cluster()
                .kubectl("delete", "imagepolicyexception", "--ignore-not-found", tenant.namespace())
                .output();
        tenant.close();
    }

    private void except(String namespace, Instant expires) {
        session.cluster()
                .kubectl("apply", "-f", "-")
                .reading("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: ImagePolicyException
                metadata: {name: %s}
                spec:
                  policies: [%s]
                  images: ["%s"]
                  namespaces: [%s]
                  expires: "%s"
                  reason: rebuilt with the next release
                """.formatted(tenant.namespace(), policy, image.name(), namespace, expires))
                .output();
    }

    private static Instant in(Duration time) {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(time);
    }

    private void awaitAdmission() {
        Await.until("the exception holds", () -> tenant.tried(image), result -> result.exit() == 0);
    }

    @Test
    void whatItNamesComesInWithAWarningThatSaysWhyAndUntilWhen() {
        assertThat(tenant.denies(image)).contains("SIGNATURE_MISSING");
        Instant end = in(Duration.ofHours(1));
        except(tenant.namespace(), end);
        awaitAdmission();

        Command.Result result = tenant.tried(image);
        assertThat(result.err())
                .startsWith("Warning: spec.containers[0].image: SIGNATURE_MISSING: ")
                .contains("ImagePolicyException \"%s\" until %s (rebuilt with the next release)"
                        .formatted(tenant.namespace(), end));
        JsonNode pod = Cluster.parse(result.out());
        assertThat(Shop.image(pod)).isEqualTo(image.pinned());
        JsonNode record = Records.of(pod).path("containers/main");
        assertThat(record.path("outcome").asText()).isEqualTo("exempted");
        assertThat(record.path("exceptions").toString()).isEqualTo("[\"%s\"]".formatted(tenant.namespace()));
    }

    @Test
    @Tag("attack-34")
    @DisplayName(
            "Attack 34: an exception is for the image, the policy and the namespace that it names, and for no other")
    void itIsForNothingElse() {
        except(tenant.namespace(), in(Duration.ofHours(1)));
        awaitAdmission();
        assertThat(tenant.denies(other)).contains("SIGNATURE_MISSING");
        try (Tenant neighbour = session.tenant("not-excepted")) {
            neighbour.requireSignature("**/exception/*", session.images().key(KeyKind.ECDSA_P256));
            assertThat(neighbour.denies(image)).contains("SIGNATURE_MISSING");
        }
    }

    @Test
    void itEndsByItself() {
        except(tenant.namespace(), in(Duration.ofSeconds(8)));
        awaitAdmission();
        Await.until(
                "the exception has ended",
                () -> tenant.tried(image),
                result -> result.err().contains("SIGNATURE_MISSING") && result.exit() == 1);
        Await.until(
                "its status says so",
                () -> session.cluster()
                        .kubectl("get", "imagepolicyexception", tenant.namespace())
                        .and("--output=jsonpath={.status.conditions[0].status} {.status.conditions[0].reason}")
                        .run(),
                result -> result.out().equals("False Expired"));
    }

    @Test
    void whoeverIsNoAdminCannotMakeOne() {
        Command.Result result = session.cluster()
                .kubectl("auth", "can-i", "create", "imagepolicyexceptions.landwaiter.dev", "-n", tenant.namespace())
                .and("--as=system:serviceaccount:" + tenant.namespace() + ":default")
                .run();
        assertThat(result.exit()).isEqualTo(1);
    }
}
