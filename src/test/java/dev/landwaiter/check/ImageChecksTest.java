package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.admission.FakeWorld;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.RegistryCall;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.verify.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each image of an object is looked up by itself: what becomes of one is no reason for what becomes of another. */
@Timeout(20)
class ImageChecksTest {
    private static final ImagePolicy POLICY = new ImagePolicy(
            "every",
            "",
            List.of(new ImageGlob("**")),
            LabelSelector.ALL,
            Mode.ENFORCE,
            OnUnavailable.ADMIT,
            List.of(new Authority.Key("release", List.of(), Terms.PLAIN)),
            1,
            null,
            "content");

    private final FakeWorld world = new FakeWorld();
    private final CountDownLatch never = new CountDownLatch(1);

    /** {@code …/deaf} is never resolved, and heeds neither deadline nor interruption; {@code …/silent} is one whose registry is. */
    private final ImageFetcher fetcher = new ImageFetcher() {
        @Override
        public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
            deadline.check("the look-up");
            if (reference.repository().endsWith("/deaf")) {
                wait(never);
            }
            if (reference.repository().endsWith("/silent")) {
                try (RegistryCall _ = deadline.budget().request(reference.host(), "a manifest", deadline)) {
                    wait(deadline);
                    throw deadline.exceeded("the look-up");
                }
            }
            return world.resolve(reference, credential, deadline);
        }

        @Override
        public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
            return world.details(image, platform, credential, deadline);
        }

        @Override
        public void invalidate() {}

        private static void wait(CountDownLatch latch) {
            while (latch.getCount() > 0) {
                try {
                    latch.await();
                } catch (InterruptedException _) {
                    // goes on waiting, as a mistake would
                }
            }
        }

        private static void wait(Deadline deadline) {
            while (!deadline.expired()) {
                Thread.onSpinWait();
            }
        }
    };

    private Map<String, Finding> look(Limits limits, Duration time, String... references) {
        ImageChecks checks = new ImageChecks(fetcher, world, Platform.LINUX_AMD64, limits);
        NamespaceScope scope = new NamespaceScope(
                new PolicySet(List.of(POLICY)),
                (_, _) -> Optional.of(Map.of()),
                "shop",
                new PodSelection(Map.of()),
                Instant.EPOCH,
                false);
        Map<String, Finding> findings = checks.known(List.of(references), scope, Keychain.ANONYMOUS);
        checks.complete(findings, scope, Keychain.ANONYMOUS, Deadline.in(time));
        never.countDown();
        return findings;
    }

    private static Code code(Finding finding) {
        return switch (finding.verdicts().getFirst().verdict()) {
            case Verdict.Verified _ -> throw new AssertionError("verified");
            case Verdict.Rejected rejected -> rejected.code();
            case Verdict.Unavailable unavailable -> unavailable.code();
        };
    }

    @Test
    @Tag("attack-54")
    @DisplayName(
            "Attack 54: an image whose look-up does not end takes nothing away from the others, and is not 'could not check'")
    void anImageThatDoesNotEndIsItsOwnMatter() {
        Map<String, Finding> findings = look(
                Limits.defaults(), Duration.ofMillis(400), "r.test/a/deaf", "r.test/a/signed", "r.test/a/unsigned");

        assertThat(of(findings, "r.test/a/signed").outcome().text()).isEqualTo("verified");
        assertThat(code(of(findings, "r.test/a/unsigned"))).isEqualTo(Code.SIGNATURE_MISSING);
        assertThat(code(of(findings, "r.test/a/deaf"))).isEqualTo(Code.OVERLOADED);
        assertThat(of(findings, "r.test/a/deaf").verdicts().getFirst().verdict())
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void aSilentRegistryCouldNotBeChecked() {
        Map<String, Finding> findings =
                look(Limits.defaults(), Duration.ofMillis(300), "r.test/a/silent", "r.test/a/signed");

        assertThat(of(findings, "r.test/a/silent").verdicts().getFirst().verdict())
                .isInstanceOf(Verdict.Unavailable.class);
        assertThat(code(of(findings, "r.test/a/silent"))).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(of(findings, "r.test/a/signed").outcome().text()).isEqualTo("verified");
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: what had no turn because of the others of its Pod is refused")
    void whatHadNoTurnIsRefused() {
        String[] references = IntStream.range(0, 4)
                .mapToObj(i -> i < 2 ? "r.test/a%d/silent".formatted(i) : "r.test/a%d/signed".formatted(i))
                .toArray(String[]::new);
        Map<String, Finding> findings =
                look(Limits.of(Map.of(Limit.IMAGES_AT_ONCE, 2L)), Duration.ofMillis(300), references);

        assertThat(code(of(findings, "r.test/a0/silent"))).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(code(of(findings, "r.test/a3/signed"))).isEqualTo(Code.BUDGET_EXCEEDED);
        assertThat(of(findings, "r.test/a3/signed").failure())
                .extracting(Failure::message)
                .asString()
                .startsWith(
                        "Could not look up r.test/a3/signed: the time for this request ran out while the other images of this object were looked up.");
    }

    @Test
    @Tag("attack-55")
    @DisplayName(
            "Attack 55: an image of one registry too many is refused by each policy that is for it, and never asked for")
    void oneRegistryTooMany() {
        Map<String, Finding> findings = look(
                Limits.of(Map.of(Limit.REVIEW_REGISTRIES, 2L)),
                Duration.ofSeconds(5),
                "r1.test/a/signed",
                "r2.test/a/signed",
                "r3.test/a/signed",
                "r1.test/b/signed");

        assertThat(code(of(findings, "r3.test/a/signed"))).isEqualTo(Code.BUDGET_EXCEEDED);
        assertThat(of(findings, "r1.test/b/signed").outcome().text()).isEqualTo("verified");
        assertThat(world.remembered()).noneMatch(looked -> looked.contains("r3.test"));
    }

    private static Finding of(Map<String, Finding> findings, String reference) {
        return Objects.requireNonNull(findings.get(reference), reference);
    }
}
