package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRealmsTest {
    private final TokenRealms realms = new TokenRealms(RegistrySettings.defaults());

    @ParameterizedTest
    @CsvSource({
        "nginx, https://auth.docker.io/token",
        "ghcr.io/acme/api, https://ghcr.io/token",
        "quay.io/acme/api, https://quay.io/v2/auth",
        "registry.gitlab.com/acme/api, https://gitlab.com/jwt/auth",
        "registry.connect.redhat.com/acme/api, https://sso.redhat.com/auth/realms/rhcc",
        "docker.elastic.co/acme/api, https://docker-auth.elastic.co/auth",
        "harbor.acme.example:8443/acme/api, https://harbor.acme.example:8443/service/token",
        "10.0.0.5:5000/acme/api, https://10.0.0.5:5000/token",
        "registry.acme.co.uk/acme/api, https://login.acme.co.uk/token",
    })
    void tokenServersOfTheRegistrysOwnerAreShownCredentials(String reference, String realm) {
        realms.checkMayBeShownCredentials(Address.of(realm), inquiry(reference));
    }

    @ParameterizedTest
    @DisplayName("Attack 41: names are compared by their owner, never by their ends")
    @Tag("attack-41")
    @CsvSource({
        "nginx, https://evil-docker.io/token",
        "nginx, https://auth.docker.io.evil.com/token",
        "nginx, https://docker.io@evil.com/token",
        "ghcr.io/acme/api, https://xghcr.io/token",
        "registry.acme.co.uk/acme/api, https://login.evil.co.uk/token",
        "acme.github.io/acme/api, https://evil.github.io/token",
        "localhost:5000/acme/api, https://localhost:5001/token",
        "10.0.0.5:5000/acme/api, https://10.0.0.6:5000/token",
        "registry.shop.svc.cluster.local/acme/api, https://token.evil.svc.cluster.local/token",
        "ghcr.io/acme/api, http://ghcr.io/token",
    })
    void tokenServersOfOthersAreNot(String reference, String realm) {
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> realms.checkMayBeShownCredentials(realms.parse(realm, inquiry(reference)), inquiry(reference)));

        assertThat(failure.code()).isIn(Code.REGISTRY_REFUSED, Code.REGISTRY_MALFORMED);
    }

    @Test
    void aRefusalNamesTheTokenServerAndTheSetting() {
        assertThat(catchThrowableOfType(
                        Failure.class,
                        () -> realms.checkMayBeShownCredentials(
                                Address.of("https://token.evil.example/"), inquiry("ghcr.io/acme/api:1"))))
                .hasMessage(
                        "Could not fetch manifest of ghcr.io/acme/api:1: ghcr.io names the token server token.evil.example, which is not"
                                + " of its domain; the credentials of secret \"shop/pull\" were not sent there. If it is the right one,"
                                + " allow it with --allow-token-realm ghcr.io=token.evil.example.");
    }

    @Test
    void aSettingAllowsOneTokenServerForOneRegistry() {
        TokenRealms named = new TokenRealms(new RegistrySettings(
                Set.of(), Map.of("registry.a.example:5000", Set.of("login.b.example")), Limits.defaults()));
        Address realm = Address.of("https://login.b.example:8443/token");

        named.checkMayBeShownCredentials(realm, inquiry("registry.a.example:5000/x"));
        assertThat(catchThrowableOfType(
                        Failure.class,
                        () -> named.checkMayBeShownCredentials(realm, inquiry("registry.c.example:5000/x"))))
                .isNotNull();
    }

    @Test
    void whatIsNoAddressIsMalformed() {
        for (String realm :
                List.of("", "token", "ftp://ghcr.io/", "https://", "https://user:pw@ghcr.io/", "https:// /")) {
            assertThat(catchThrowableOfType(Failure.class, () -> realms.parse(realm, inquiry("ghcr.io/acme/api")))
                            .code())
                    .as(realm)
                    .isEqualTo(Code.REGISTRY_MALFORMED);
        }
    }

    private static Inquiry inquiry(String reference) {
        ImageReference parsed = ImageReference.parse(reference);
        Credential.Basic credential = new Credential.Basic("ann", "pw", "secret \"shop/pull\"");
        return new Inquiry(
                parsed,
                new Keychain.Found(credential, List.of()),
                Deadline.in(Duration.ofSeconds(1)),
                "manifest of " + parsed.canonical());
    }
}
