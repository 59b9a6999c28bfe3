package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Budget;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ReviewBudget;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an image may cost, over real HTTP: every request counts, and every byte as it arrives. */
class BudgetIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());

    private static Deadline within(Budget budget) {
        return Deadline.in(Duration.ofSeconds(20)).within(budget);
    }

    private static Budget budget(TestRegistry registry, Limit limit, long value) {
        Limits limits = Limits.of(Map.of(limit, value));
        return ReviewBudget.ofOneImage(limits, registry.host(), registry.host() + "/acme/api:1");
    }

    private static Failure failureOf(RegistryClient client, ImageReference image, Budget budget) {
        return catchThrowableOfType(Failure.class, () -> client.registry().manifest(image, NOBODY, within(budget)));
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: challenges, tokens and redirects count as requests; what exceeds the budget is not sent")
    void everyRequestCounts() {
        try (TestRegistry registry = TestRegistry.builder().bearerAuth().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            Failure failure = failureOf(client, image.reference(), budget(registry, Limit.IMAGE_REQUESTS, 2));

            assertThat(failure.code()).isEqualTo(Code.BUDGET_EXCEEDED);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch manifest of %s: checking this image takes more requests than the limit 'image-requests' of 2 requests allows. Remove what lies beside the image and is no signature of it, or, if images are meant to need so much, raise the setting --limit image-requests=…."
                                    .formatted(image.text()));
            assertThat(registry.log().all())
                    .extracting(Object::toString)
                    .containsExactly("GET /v2/acme/api/manifests/1 none", "GET /token none");
            assertThat(client.registry()
                            .manifest(image.reference(), NOBODY, within(budget(registry, Limit.IMAGE_REQUESTS, 1)))
                            .digest())
                    .isEqualTo(image.digest());
        }
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: an answer is cut off where the budget of bytes ends, and not read to its own limit")
    void bytesCountAsTheyArrive() throws InterruptedException {
        try (TestRegistry registry = TestRegistry.start();
                RegistryClient client = RegistryClient.of(registry)) {
            CountDownLatch givenUp = new CountDownLatch(1);
            registry.on("/v2/acme/api/manifests/1", request -> {
                request.response().exceptionHandler(reset -> givenUp.countDown());
                request.response().closeHandler(closed -> givenUp.countDown());
                request.response()
                        .setChunked(true)
                        .putHeader("Content-Type", "application/vnd.oci.image.manifest.v1+json")
                        .write(Buffer.buffer(" ".repeat(1 << 20)));
            });
            ImageReference image = ImageReference.parse(registry.host() + "/acme/api:1");

            Failure failure = failureOf(client, image, budget(registry, Limit.IMAGE_DOWNLOAD_BYTES, 100 << 10));

            assertThat(failure.code()).isEqualTo(Code.BUDGET_EXCEEDED);
            assertThat(failure).hasMessageContaining("the limit 'image-download-bytes' of 102400 bytes");
            assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("A token server that moved is found again without a restart")
    void aTokenServerThatMovedIsFound() {
        Keychain.Found ann = new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
        TestRegistry.Builder setup =
                TestRegistry.builder().bearerAuth().user("ann", "pw").tokenLife(Duration.ZERO);
        try (TestRegistry registry = setup.start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Deadline soon = Deadline.in(Duration.ofSeconds(20));
            assertThat(client.registry().manifest(image.reference(), ann, soon).digest())
                    .isEqualTo(image.digest());

            registry.realm(registry.uri() + "/token/moved");
            registry.on(
                    "/token", request -> request.response().setStatusCode(404).end());
            registry.on(
                    "/token/moved",
                    request -> request.response()
                            .putHeader("Content-Type", "application/json")
                            .end("{\"token\":\"unknown\"}"));
            // the new server is asked; that the registry doesn't know its tokens is another matter
            assertThat(catchThrowableOfType(
                                    Failure.class, () -> client.registry().manifest(image.reference(), ann, soon))
                            .code())
                    .isEqualTo(Code.REGISTRY_UNAUTHORIZED);
            assertThat(registry.log().all()).extracting(Object::toString).contains("GET /token/moved basic");
        }
    }
}
