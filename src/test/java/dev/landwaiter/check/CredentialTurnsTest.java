package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.admission.FakeWorld;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CredentialTurnsTest {
    private static final ImageReference API = ImageReference.parse("r.test/acme/api:1");

    private final FakeWorld world = new FakeWorld();
    private final List<String> shown = new ArrayList<>();
    /** The users whose answers are remembered. */
    private final Set<String> known = new HashSet<>();

    private Code refusing = Code.REGISTRY_UNAUTHORIZED;
    /** The same where nothing is shown. */
    private Code refusingNobody = Code.REGISTRY_UNAVAILABLE;
    /** How long each answer takes on {@link #clock}, and that to whoever shows nothing. */
    private Duration taking = Duration.ZERO;

    private Duration takingForNobody = Duration.ZERO;
    private final AtomicLong clock = new AtomicLong();

    /** A registry that takes one user alone, and a memory of what it answered. */
    private final ImageFetcher fetcher = new ImageFetcher() {
        @Override
        public Image resolve(ImageReference reference, Keychain.Found found, Deadline deadline) {
            String user = found.credential() instanceof Credential.Basic basic ? basic.user() : "nobody";
            if (!known.contains(user)) {
                deadline.check("the look-up");
                shown.add(user);
                Duration takes = user.equals("nobody") ? takingForNobody : taking;
                clock.addAndGet(Math.min(takes.toNanos(), deadline.remaining().toNanos()));
                deadline.check("the look-up");
                known.add(user);
            }
            if (!user.equals("good")) {
                throw Failure.told(
                        user.equals("nobody") ? refusingNobody : refusing,
                        asker -> "r.test refused " + asker.credentials() + " (also tried: "
                                + String.join("; ", asker.tried()) + ")",
                        found.asker());
            }
            return world.resolve(reference, found, Deadline.in(Duration.ofMinutes(1)));
        }

        @Override
        public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
            return world.details(image, platform, credential, deadline);
        }

        @Override
        public void invalidate() {}
    };

    private static Credential of(String user) {
        return new Credential.Basic(user, "pw", "secret \"shop/" + user + "\"");
    }

    private static Keychain.Found found(String... users) {
        List<Credential> all =
                List.of(users).stream().map(CredentialTurnsTest::of).toList();
        return new Keychain.Found(all.getFirst(), all.subList(1, all.size()), List.of());
    }

    private String resolve(Keychain.Found now, Keychain.Found fresh, Deadline deadline) {
        Keychain keychain = new Keychain() {
            @Override
            public Found find(ImageReference reference, Deadline until) {
                throw new IllegalStateException("it was found before");
            }

            @Override
            public Found refresh(ImageReference reference, Deadline until) {
                return fresh;
            }
        };
        return new CredentialTurns(fetcher, API, deadline)
                .resolve(now, keychain)
                .credential()
                .credential()
                .source();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofMinutes(1));
    }

    @Test
    @DisplayName("A credential that is refused is followed by the next that matches")
    void eachIsTriedInTurn() {
        assertThat(resolve(found("bad", "worse", "good", "unasked"), found("bad"), soon()))
                .isEqualTo("secret \"shop/good\"");
        assertThat(shown).containsExactly("bad", "worse", "good");
    }

    @Test
    void aRefusalNamesAllThatWereTried() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad", "worse"), found("bad", "worse"), soon()))
                .withMessage(
                        "r.test refused the credentials of secret \"shop/worse\" (also tried: the credentials of secret \"shop/bad\")");
        assertThat(shown).as("and nobody twice").containsExactly("bad", "worse");
    }

    @Test
    void whereAllAreRefusedTheirSourcesAreReadOnceMore() {
        assertThat(resolve(found("bad"), found("bad", "good"), soon())).isEqualTo("secret \"shop/good\"");
        assertThat(shown).containsExactly("bad", "good");
    }

    @Test
    void anythingElseThanARefusalEndsIt() {
        refusing = Code.REGISTRY_UNAVAILABLE;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad", "good"), found("good"), soon()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNAVAILABLE));
        assertThat(shown).containsExactly("bad");
    }

    /** Otherwise whoever finds credentials that a registry answers 500 to would choose to be 'could not check'. */
    @Test
    @Tag("attack-54")
    void anOutageThatOnlyATenantsCredentialsMeetIsARefusal() {
        Deadline ofShop = soon().onBehalfOf("shop");
        refusing = Code.REGISTRY_UNAVAILABLE;
        refusingNobody = Code.REGISTRY_UNAUTHORIZED;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad", "worse"), found("bad"), ofShop))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.CREDENTIAL_UNUSABLE))
                .withMessageContaining("secret \"shop/bad\"")
                .withMessageContaining("Check what the Secret holds");
        assertThat(shown).containsExactly("bad", "worse", "nobody");
    }

    @Test
    void anOutageThatEverybodyMeetsIsOne() {
        refusing = Code.REGISTRY_UNAVAILABLE;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad"), found("bad"), soon().onBehalfOf("shop")))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNAVAILABLE))
                .withMessageContaining("secret \"shop/bad\"");
        assertThat(shown).containsExactly("bad", "nobody");
    }

    /** Old versions of nginx end an HTTP/2 connection over a header of more than 4 KiB, and a password may have as many. */
    @Test
    @Tag("attack-54")
    void aConnectionThatOnlyATenantsCredentialsEndIsARefusal() {
        refusing = Code.REGISTRY_UNREACHABLE;
        refusingNobody = Code.REGISTRY_UNAUTHORIZED;
        assertThat(codeFor(soon(), "bad")).isEqualTo(Code.CREDENTIAL_UNUSABLE);

        known.clear();
        refusingNobody = Code.REGISTRY_UNREACHABLE;
        assertThat(codeFor(soon(), "bad")).isEqualTo(Code.REGISTRY_UNREACHABLE);
    }

    /** Many servers answer a failed login late, so that nobody can try many passwords. */
    @Test
    @Tag("attack-54")
    void timeThatATenantsCredentialsUseUpIsARefusal() {
        taking = Duration.ofSeconds(3);
        refusingNobody = Code.REGISTRY_UNAUTHORIZED;
        assertThat(codeFor(tenSeconds(), "bad", "worse", "worst", "hopeless")).isEqualTo(Code.REGISTRY_UNAUTHORIZED);
    }

    @Test
    @Tag("attack-54")
    void aCredentialToWhichThereIsNoAnswerAtAllIsARefusalWhereOthersGetOne() {
        taking = Duration.ofMinutes(1);
        refusingNobody = Code.REGISTRY_UNAUTHORIZED;
        assertThat(codeFor(tenSeconds(), "bad")).isEqualTo(Code.CREDENTIAL_UNUSABLE);
        assertThat(shown).containsExactly("bad", "nobody");
    }

    @Test
    void aRegistryThatAnswersNobodyInTimeIsNotBlamedOnCredentials() {
        taking = Duration.ofMinutes(1);
        takingForNobody = taking;
        assertThat(codeFor(tenSeconds(), "bad")).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(shown).containsExactly("bad", "nobody");
    }

    @Test
    void aRegistryThatRefusesOneCredentialIsNotDown() {
        taking = Duration.ofSeconds(4);
        takingForNobody = Duration.ofMinutes(1);
        assertThat(codeFor(tenSeconds(), "bad", "worse", "worst")).isEqualTo(Code.REGISTRY_UNAUTHORIZED);
    }

    /** What we have no room for says nothing of the registry. */
    @Test
    void whereThereIsNoRoomToAskWithoutCredentialsThatIsSaid() {
        refusing = Code.REGISTRY_UNAVAILABLE;
        refusingNobody = Code.OVERLOADED;
        assertThat(codeFor(soon(), "bad")).isEqualTo(Code.OVERLOADED);
    }

    private Deadline tenSeconds() {
        return Deadline.in(Duration.ofSeconds(10), clock::get);
    }

    /** How it ends for a Pod of the namespace that has all of {@code users}. */
    private Code codeFor(Deadline deadline, String... users) {
        try {
            String source = resolve(found(users), found(users), deadline.onBehalfOf("shop"));
            throw new AssertionError("resolved by " + source);
        } catch (Failure e) {
            return e.code();
        }
    }

    @Test
    void anotherCredentialOfTheTenantsMayServeAllTheSame() {
        refusing = Code.REGISTRY_UNAVAILABLE;
        assertThat(resolve(found("bad", "good"), found("bad"), soon().onBehalfOf("shop")))
                .isEqualTo("secret \"shop/good\"");
    }

    @Test
    void withNoTimeAnOutageThatIsKnownIsNoneBeforeItIsKnownWhomElseItMeets() {
        refusing = Code.REGISTRY_UNAVAILABLE;
        known.add("bad");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() ->
                        resolve(found("bad"), found("bad"), Deadline.passed().onBehalfOf("shop")))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    }

    /** So the Pods of a workload whose first Secret is stale are still answered at once. */
    @Test
    void withNoTimeTheOneThatIsKnownToBeTakenServes() {
        known.add("good");
        assertThat(resolve(found("bad", "good"), found("bad"), Deadline.passed()))
                .isEqualTo("secret \"shop/good\"");
        assertThat(shown).isEmpty();
    }

    @Test
    void withNoTimeARefusalIsNoneAsLongAsAnotherCredentialIsNotKnown() {
        known.add("bad");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad", "good"), found("bad"), Deadline.passed()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
        known.add("worse");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> resolve(found("bad", "worse"), found("bad"), Deadline.passed()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNAUTHORIZED));
    }
}
