package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that lose their force before their time, at registries that do not say so by the challenge that the specification wants. */
@Timeout(60)
class LapsedTokensIT {
    private static final String PATH = "/v2/acme/api/manifests/1";
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    /** dhi.io names no challenge, public.ecr.aws answers 400, and Harbor wants Basic of whoever shows a token. */
    @ParameterizedTest
    @CsvSource({
        "401, '', true",
        "401, '', false",
        "401, 'Basic realm=\"harbor\"', true",
        "401, 'Basic realm=\"harbor\"', false",
        "400, '', true",
        "400, '', false"
    })
    void aNewOneIsTaken(int status, String challenge, boolean anonymous) {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            Keychain.Found found = anonymous ? NOBODY : ANN;
            assertThat(client.registry()
                            .manifest(image.reference(), found, soon())
                            .digest())
                    .isEqualTo(image.digest());
            String old = registry.log().all().getLast().authorization();
            registry.on(PATH, request -> {
                if (old.equals(request.getHeader("authorization"))) {
                    if (!challenge.isEmpty()) {
                        var _ = request.response().putHeader("WWW-Authenticate", challenge);
                    }
                    var _ = request.response().setStatusCode(status).end();
                } else {
                    registry.proceed(request);
                }
            });

            assertThat(client.registry()
                            .manifest(image.reference(), found, soon())
                            .digest())
                    .isEqualTo(image.digest());
            String who = anonymous ? "none" : "basic";
            assertThat(registry.log().all())
                    .extracting(LoggedRequest::toString)
                    .containsExactly(
                            "GET " + PATH + " none",
                            "GET /token " + who,
                            "GET " + PATH + " bearer",
                            "GET " + PATH + " bearer",
                            "GET " + PATH + " none",
                            "GET /token " + who,
                            "GET " + PATH + " bearer");
        }
    }

    /** What a token that was given for this very request is answered with is the registry's word. */
    @ParameterizedTest
    @CsvSource({"401, REGISTRY_UNAUTHORIZED", "400, REGISTRY_REFUSED"})
    void aNewOneThatIsRefusedIsNotAskedForAgain(int status, Code code) {
        try (TestRegistry registry =
                        TestRegistry.builder().bearerAuth().user("ann", "pw").start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();
            registry.on(PATH, request -> {
                if (request.getHeader("authorization") != null) {
                    var _ = request.response().setStatusCode(status).end();
                } else {
                    registry.proceed(request);
                }
            });

            assertThatThrownBy(() -> client.registry().manifest(image.reference(), ANN, soon()))
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
            assertThat(registry.log().all()).hasSize(3);
        }
    }
}
