package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries over real HTTP whose HEAD of a manifest is broken in one way each: a Pod gets the same answer every time. */
@Timeout(60)
class HeadHabitsIT {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final String PATH = "/v2/acme/api/manifests/1";

    private final AtomicLong nanos = new AtomicLong();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400",
                "401",
                "403",
                "404",
                "405",
                "406",
                "500",
                "501",
                "502",
                "503",
                "no digest",
                "wrong digest",
                "no valid digest",
                "redirect to nowhere",
                "silence",
                "closes"
            })
    void theAnswerIsTheSameOverManyPeriods(String habit) {
        try (TestRegistry registry = TestRegistry.builder().http1Only().start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(PATH, meddling(registry, habit));
            ImageFetcher fetcher = fetcher(client);

            for (int period = 0; period < 8; period++) {
                Image resolved = resolve(fetcher, image.reference());
                assertThat(resolved.digest()).as("period %d", period).isEqualTo(image.digest());
                assertThat(resolved.unconfirmed()).isNull();
                pass();
            }
            Pushed moved = registry.images().image("acme/api").tag("1").push();
            pass();
            assertThat(resolve(fetcher, image.reference()).digest())
                    .as("a tag that moved")
                    .isEqualTo(moved.digest());
        }
    }

    private static Consumer<HttpServerRequest> meddling(TestRegistry registry, String habit) {
        return request -> {
            if (!request.method().equals(HttpMethod.HEAD)) {
                registry.proceed(request);
                return;
            }
            switch (habit) {
                case "no digest" -> request.response().end();
                case "wrong digest" ->
                    answer(request, Digest.sha256(new byte[0]).toString());
                case "no valid digest" -> answer(request, "sha256:none");
                case "redirect to nowhere" ->
                    request.response().setStatusCode(307).end();
                case "silence" -> {}
                case "closes" -> request.connection().close();
                default ->
                    request.response().setStatusCode(Integer.parseInt(habit)).end();
            }
        };
    }

    private static void answer(HttpServerRequest request, String digest) {
        request.response().putHeader("Docker-Content-Digest", digest).end();
    }

    private RememberingFetcher fetcher(RegistryClient client) {
        return new RememberingFetcher(
                new RegistryFetcher(client.registry(), Limits.defaults()),
                client.registry(),
                MemorySettings.defaults(),
                nanos::get,
                TierListener.NONE,
                new BackgroundAsks(Runnable::run, Limits.defaults()));
    }

    private static Image resolve(ImageFetcher fetcher, ImageReference reference) {
        return fetcher.resolve(reference, NOBODY, Deadline.in(Duration.ofSeconds(8)));
    }

    private void pass() {
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    }
}
