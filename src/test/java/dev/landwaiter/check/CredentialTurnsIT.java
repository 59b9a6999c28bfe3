package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials in turn, down to a registry over real TLS. */
class CredentialTurnsIT {
    private static Credential of(String secret, String password) {
        return new Credential.Basic("ann", password, "secret \"shop/" + secret + "\"");
    }

    private static CredentialTurns.Resolved resolve(RegistryClient client, Pushed image, Credential... credentials) {
        List<Credential> all = List.of(credentials);
        Keychain.Found found = new Keychain.Found(
                all.getFirst(), all.subList(1, all.size()), List.of("secret \"shop/none\" is missing"));
        return new CredentialTurns(
                        new RegistryFetcher(client.registry(), Limits.defaults()),
                        image.reference(),
                        Deadline.in(Duration.ofSeconds(20)))
                .resolve(found, (_, _) -> found);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("A stale Secret beside a good one keeps no image from being resolved")
    void theNextIsTried(boolean bearer) {
        TestRegistry.Builder builder = TestRegistry.builder().user("ann", "pw");
        try (TestRegistry registry = (bearer ? builder.bearerAuth() : builder.basicAuth()).start();
                RegistryClient client = RegistryClient.of(registry)) {
            Pushed image = registry.images().image("acme/api").tag("1").push();

            CredentialTurns.Resolved resolved = resolve(client, image, of("stale", "old"), of("good", "pw"));
            assertThat(resolved.image().digest()).isEqualTo(image.digest());
            assertThat(resolved.credential().credential().source()).isEqualTo("secret \"shop/good\"");

            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> resolve(client, image, of("stale", "old"), of("wrong", "none")))
                    .withMessageContaining(
                            " with the credentials of secret \"shop/wrong\" (also tried: the credentials of secret \"shop/stale\"; secret \"shop/none\" is missing).");
        }
    }
}
