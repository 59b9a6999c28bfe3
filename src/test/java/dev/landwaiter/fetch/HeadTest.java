package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tags of registries that answer HEAD otherwise than GET, or not at all. */
class HeadTest {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final String REPOSITORY = "ghcr.io/acme/api";

    private final AtomicLong nanos = new AtomicLong();
    private final FakeRegistry registry = new FakeRegistry();
    private final RememberingFetcher fetcher = new RememberingFetcher(
            new RegistryFetcher(registry, Limits.defaults()),
            registry,
            MemorySettings.defaults(),
            nanos::get,
            TierListener.NONE,
            new BackgroundAsks(Runnable::run, Limits.defaults()));
    private final Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));

    @ParameterizedTest
    @EnumSource(
            names = {
                "REGISTRY_UNAUTHORIZED",
                "REGISTRY_FORBIDDEN",
                "IMAGE_NOT_FOUND",
                "REGISTRY_REFUSED",
                "REGISTRY_MALFORMED",
                "REGISTRY_REDIRECT_REFUSED",
                "REGISTRY_UNAVAILABLE",
                "REGISTRY_TIMEOUT",
                "REGISTRY_UNREACHABLE"
            })
    void whateverHeadSaysTheAnswerIsThatOfGet(Code code) {
        failHead(code);

        for (int i = 0; i < 6; i++) {
            Image image = resolve("1");
            assertThat(image.digest()).isEqualTo(digest);
            assertThat(image.unconfirmed()).isNull();
            pass(Duration.ofSeconds(10));
        }
        assertThat(registry.asked())
                .as("twice in vain, then no more")
                .containsExactly("GET 1", "HEAD 1", "GET 1", "HEAD 1", "GET 1", "GET 1", "GET 1", "GET 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"REGISTRY_TLS_FAILED", "REGISTRY_RATE_LIMITED", "OVERLOADED"})
    void whoeverIsNotTrustedOrWantsFewerRequestsIsNotAskedTwice(Code code) {
        assertThat(resolve("1")).isNotNull();
        failHead(code);
        pass(Duration.ofSeconds(10));

        assertThat(resolve("1").unconfirmed()).isNotNull();
        assertThat(registry.asked()).containsExactly("GET 1", "HEAD 1");
    }

    @Test
    void aRefusalOfGetCounts() {
        assertThat(resolve("1")).isNotNull();
        registry.before(() -> {
            throw new Failure(Code.REGISTRY_FORBIDDEN, "no more");
        });
        pass(Duration.ofSeconds(10));

        assertThat(catchThrowableOfType(Failure.class, () -> resolve("1")).code())
                .isEqualTo(Code.REGISTRY_FORBIDDEN);
        assertThat(registry.asked()).containsExactly("GET 1", "HEAD 1", "GET 1");
    }

    @Test
    void anotherRepositoryIsAskedByHeadAllTheSameAndSoIsThisOneAfterAWhile() {
        failHead(Code.REGISTRY_FORBIDDEN);
        for (int i = 0; i < 4; i++) {
            assertThat(resolve("1")).isNotNull();
            pass(Duration.ofSeconds(10));
        }
        registry.beforeHead(() -> {});
        Digest other = registry.put("ghcr.io/acme/other", "1", Documents.manifest("other"));
        ImageReference ofOther = ImageReference.parse("ghcr.io/acme/other:1");
        int asked = registry.asked().size();
        assertThat(fetcher.resolve(ofOther, NOBODY, soon()).digest()).isEqualTo(other);
        pass(Duration.ofSeconds(10));
        assertThat(fetcher.resolve(ofOther, NOBODY, soon()).digest()).isEqualTo(other);
        assertThat(resolve("1")).isNotNull();
        assertThat(registry.asked().subList(asked, registry.asked().size()))
                .containsExactly("GET 1", "HEAD 1", "GET 1");

        pass(Duration.ofHours(1));
        asked = registry.asked().size();
        assertThat(resolve("1").digest()).isEqualTo(digest);
        assertThat(registry.asked().subList(asked, registry.asked().size())).containsExactly("HEAD 1");
    }

    @Test
    void aFailureNowAndThenIsNoHabit() {
        for (int i = 0; i < 6; i++) {
            assertThat(resolve("1").digest()).isEqualTo(digest);
            if (i % 2 == 0) {
                failHead(Code.REGISTRY_UNAVAILABLE);
            } else {
                registry.beforeHead(() -> {});
            }
            pass(Duration.ofSeconds(10));
        }
        assertThat(registry.asked())
                .containsExactly("GET 1", "HEAD 1", "GET 1", "HEAD 1", "HEAD 1", "GET 1", "HEAD 1", "HEAD 1", "GET 1");
    }

    @Test
    void aTagThatMovesIsNoHabitEither() {
        assertThat(resolve("1").digest()).isEqualTo(digest);
        for (int i = 0; i < 5; i++) {
            Digest moved = registry.put(REPOSITORY, "1", Documents.manifest("b" + i));
            pass(Duration.ofSeconds(10));
            assertThat(resolve("1").digest()).isEqualTo(moved);
        }
        assertThat(registry.asked())
                .hasSize(11)
                .filteredOn(request -> request.startsWith("HEAD"))
                .hasSize(5);
    }

    @Test
    void whatIsRememberedIsBounded() {
        HeadHabits habits = new HeadHabits(nanos::get);
        for (int i = 0; i < 22_000; i++) {
            habits.askedInVain(ImageReference.parse("ghcr.io/tenant/app" + i / 2 + ":1"));
        }
        assertThat(habits.size()).isBetween(1L, 10_000L);
    }

    private void failHead(Code code) {
        registry.beforeHead(() -> {
            throw new Failure(code, "HEAD: " + code);
        });
    }

    private Image resolve(String tag) {
        return fetcher.resolve(ImageReference.parse(REPOSITORY + ":" + tag), NOBODY, soon());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }
}
