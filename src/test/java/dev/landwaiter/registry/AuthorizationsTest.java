package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is remembered of how registries want credentials: it ends, and it is bounded. */
class AuthorizationsTest {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final ImageReference IMAGE = ImageReference.parse("r.test/acme/api:1");

    private final List<String> asked = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-28T10:00:00Z");
    private String realm = "https://auth.r.test/token";
    private Function<String, HttpTransport.Response> tokenServer = _ -> token("t", 300);

    private final Authorizations authorizations = authorizations(Limits.defaults());

    private Authorizations authorizations(Limits limits) {
        RegistrySettings settings = new RegistrySettings(Set.of(), Map.of(), limits);
        return new Authorizations(new TokenClient(this::exchange, settings, () -> now), () -> now, limits);
    }

    private HttpTransport.Response exchange(HttpTransport.Request request, Deadline deadline) {
        asked.add(request.address().host());
        return tokenServer.apply(request.address().host());
    }

    private static HttpTransport.Response token(String value, int seconds) {
        return answer(200, "{\"token\":\"%s\",\"expires_in\":%d}".formatted(value, seconds));
    }

    private static HttpTransport.Response answer(int status, String body) {
        return new HttpTransport.Response(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Inquiry inquiry(ImageReference reference, Keychain.Found found) {
        return new Inquiry(
                reference, found, Deadline.in(Duration.ofMinutes(1)), "manifest of " + reference.canonical());
    }

    /** What is shown to the host of {@code reference} after it has refused what was foreseen with a challenge. */
    private String shown(Authorizations to, ImageReference reference) {
        Inquiry inquiry = inquiry(reference, NOBODY);
        Authorizations.Foreseen foreseen = to.foreseen(inquiry);
        if (foreseen.authorization().isPresent()) {
            return foreseen.authorization().get().value();
        }
        List<Challenge> challenges = Challenge.parse("Bearer realm=\"" + realm + "\",service=\"r.test\"");
        return to.answer(challenges, foreseen, inquiry).orElseThrow().value();
    }

    @Test
    @DisplayName("A token server that gives no token any more is forgotten, and the registry asked which one it is now")
    void aTokenServerThatMovedIsFollowed() {
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer t");
        now = now.plusSeconds(600);
        realm = "https://new.r.test/token";
        tokenServer = host -> {
            if (!host.equals("new.r.test")) {
                throw new Failure(Code.REGISTRY_UNREACHABLE, "gone");
            }
            return token("new", 300);
        };

        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer new");
        assertThat(asked).containsExactly("auth.r.test", "auth.r.test", "new.r.test");
    }

    @Test
    @DisplayName("One that the registry still means is not asked twice for the same token")
    void aTokenServerThatSaysNoIsAskedOnce() {
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer t");
        now = now.plusSeconds(600);
        tokenServer = _ -> answer(503, "");

        Failure failure = catchThrowableOfType(Failure.class, () -> shown(authorizations, IMAGE));

        assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNAVAILABLE);
        assertThat(asked).hasSize(2);
    }

    @Test
    @DisplayName("What one request had no time or budget for says nothing of the token server")
    void aLackOfTimeIsNoReasonToForget() {
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer t");
        now = now.plusSeconds(600);
        tokenServer = _ -> {
            throw new Failure(Code.BUDGET_EXCEEDED, "no more");
        };
        assertThat(catchThrowableOfType(Failure.class, () -> authorizations.foreseen(inquiry(IMAGE, NOBODY)))
                        .code())
                .isEqualTo(Code.BUDGET_EXCEEDED);
        tokenServer = _ -> token("later", 300);
        assertThat(authorizations
                        .foreseen(inquiry(IMAGE, NOBODY))
                        .authorization()
                        .orElseThrow()
                        .value())
                .isEqualTo("Bearer later");
    }

    @Test
    @DisplayName("A registry that wants Basic by now gets it")
    void aRegistryThatTurnsToBasic() {
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer t");
        now = now.plusSeconds(600);
        tokenServer = _ -> answer(404, "");
        Inquiry ann =
                inquiry(IMAGE, new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"a/b\""), List.of()));

        Authorizations.Foreseen foreseen = authorizations.foreseen(ann);
        assertThat(foreseen.authorization()).isEmpty();
        assertThat(authorizations.answer(Challenge.parse("Basic realm=\"x\""), foreseen, ann))
                .hasValueSatisfying(basic -> assertThat(basic.value()).startsWith("Basic "));
        assertThat(authorizations.foreseen(ann).authorization()).isPresent();
    }

    @Test
    @DisplayName("A renewed token lives its own time, not that of the one before")
    void aRenewedTokenLivesItsOwnTime() {
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer t");
        now = now.plusSeconds(290);
        tokenServer = _ -> token("second", 300);
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer second");
        now = now.plusSeconds(200);
        assertThat(shown(authorizations, IMAGE)).isEqualTo("Bearer second");
        assertThat(asked).hasSize(2);
    }

    @Test
    @Tag("attack-61")
    @DisplayName("Attack 61: all tokens together are bounded in bytes, however large each is, and go when they expire")
    void tokensAreWeighedAndAge() {
        tokenServer = _ -> token("x".repeat(32 << 10), 300);
        for (int i = 0; i < 2_000; i++) {
            assertThat(shown(authorizations, ImageReference.parse("r.test/acme/api" + i + ":1")))
                    .hasSizeGreaterThan(32 << 10);
        }
        assertThat(authorizations.tokenBytes())
                .isGreaterThan(8 << 20)
                .isLessThanOrEqualTo(Limit.REMEMBERED_TOKEN_BYTES.byDefault());
        now = now.plusSeconds(300);
        assertThat(authorizations.tokenBytes()).isZero();
    }

    @Test
    @Tag("attack-61")
    @DisplayName("Attack 61: what hosts want is bounded in bytes, and is asked for again after a while")
    void challengesAreWeighedAndAge() {
        Authorizations small = authorizations(Limits.of(Map.of(Limit.REMEMBERED_CHALLENGE_BYTES, 64L << 10)));
        for (int i = 0; i < 500; i++) {
            realm = "https://auth.r.test/token?" + "x".repeat(1_800);
            assertThat(shown(small, ImageReference.parse("r" + i + ".test/acme/api:1")))
                    .isEqualTo("Bearer t");
        }
        assertThat(small.hosts()).isBetween(1L, 32L);
        now = now.plus(Duration.ofDays(1));
        assertThat(small.hosts()).isZero();
    }

    @Test
    @Tag("attack-68")
    @DisplayName("Attack 68: a refusal is told to each who meets it in words of their own, and kept in nobody's")
    void aRefusalNamesWhoeverMeetsIt() {
        Keychain.Found ann = new Keychain.Found(
                new Credential.Basic("u", "pw", "secret \"ta/ann\""), List.of("secret \"ta/other\" has no entry"));
        Keychain.Found bob = new Keychain.Found(new Credential.Basic("u", "pw", "secret \"tb/bob\""), List.of());
        Failure annsOwn = new RegistryFailures(Limits.defaults())
                .of(answer(401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"), "r.test", inquiry(IMAGE, ann));

        assertThat(annsOwn)
                .hasMessage(
                        "Could not fetch manifest of r.test/acme/api:1: r.test answered 401 UNAUTHORIZED with the credentials of secret \"ta/ann\" (also tried: secret \"ta/other\" has no entry). Check that they are current for r.test/acme/api.");
        assertThat(annsOwn.toldTo(bob.asker()))
                .hasMessage(
                        "Could not fetch manifest of r.test/acme/api:1: r.test answered 401 UNAUTHORIZED with the credentials of secret \"tb/bob\". Check that they are current for r.test/acme/api.");
        assertThat(annsOwn.toldTo(NOBODY.asker()))
                .hasMessage(
                        "Could not fetch manifest of r.test/acme/api:1: r.test answered 401 UNAUTHORIZED with no credentials. If the image is private, name a pull secret with an entry for r.test/acme/api.");
    }
}
