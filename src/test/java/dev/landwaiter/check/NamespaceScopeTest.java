package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamespaceScopeTest {
    private static final ImageReference API = ImageReference.parse("r.test/acme/api:1");
    private static final Deadline SOON = Deadline.in(Duration.ofMinutes(1));
    private static final LabelSelector PRODUCTION = new LabelSelector(Map.of("env", "production"), List.of());

    private final ImagePolicy everywhere = policy("everywhere", LabelSelector.ALL, List.of());
    private final ImagePolicy production = policy("production", PRODUCTION, List.of());
    private final ImagePolicy databases =
            policy("databases", LabelSelector.ALL, List.of(new LabelSelector(Map.of("app", "db"), List.of())));

    private static ImagePolicy policy(String name, LabelSelector namespaces, List<LabelSelector> pods) {
        return new ImagePolicy(
                name,
                "",
                List.of(new ImageGlob("r.test/**")),
                namespaces,
                pods,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticFail("fail", "")),
                1,
                null,
                name);
    }

    private NamespaceScope scope(Namespaces namespaces, Map<String, String> ofPod, ImagePolicy... policies) {
        return new NamespaceScope(
                new PolicySet(List.of(policies)), namespaces, "shop", new PodSelection(ofPod), Instant.EPOCH, false);
    }

    @Test
    void aSelectorIsAskedForTheNamespacesLabels() {
        NamespaceScope.Matching inProduction = scope(
                        (_, _) -> Optional.of(Map.of("env", "production")), Map.of(), everywhere, production)
                .matching(API, SOON);
        NamespaceScope.Matching elsewhere = scope(
                        (_, _) -> Optional.of(Map.of("env", "test")), Map.of(), everywhere, production)
                .matching(API, SOON);

        assertThat(inProduction.certain()).containsExactlyInAnyOrder(everywhere, production);
        assertThat(elsewhere.certain()).containsExactly(everywhere);
    }

    @Test
    void aNamespaceThatIsNotKnownMatchesEverySelector() {
        assertThat(scope((_, _) -> Optional.empty(), Map.of(), production)
                        .matching(API, SOON)
                        .certain())
                .containsExactly(production);
    }

    @Test
    void whereLabelsCannotBeReadOnlyTheSelectorsThatNeedThemAreUnknown() {
        Failure down = new Failure(Code.NAMESPACE_UNAVAILABLE, "Could not read the namespace. Try again.");
        NamespaceScope.Matching matching = scope(
                        (_, _) -> {
                            throw down;
                        },
                        Map.of(),
                        everywhere,
                        production)
                .matching(API, SOON);

        assertThat(matching.certain()).containsExactly(everywhere);
        assertThat(matching.unknown()).containsExactly(production);
        assertThat(matching.why()).contains(down);
    }

    @Test
    void labelsAreNotReadWhereNoSelectorAsksForThem() {
        assertThat(scope(
                                (_, _) -> {
                                    throw new AssertionError("nobody needs them");
                                },
                                Map.of(),
                                everywhere)
                        .matching(API, SOON)
                        .certain())
                .containsExactly(everywhere);
    }

    @Test
    void aPolicyMaySelectPodsByTheirLabels() {
        Namespaces any = (_, _) -> Optional.of(Map.of());

        assertThat(scope(any, Map.of("app", "db"), everywhere, databases)
                        .matching(API, SOON)
                        .certain())
                .containsExactlyInAnyOrder(everywhere, databases);
        assertThat(scope(any, Map.of("app", "web"), everywhere, databases)
                        .matching(API, SOON)
                        .certain())
                .containsExactly(everywhere);
    }

    @Test
    void whatTakesLongToMatchIsNotMatchedAtOnce() {
        ImageReference longName = ImageReference.parse("r.test/%s/api".formatted("a".repeat(240)));
        ImagePolicy slow = new ImagePolicy(
                "slow",
                "",
                IntStream.range(0, 64)
                        .mapToObj(i -> new ImageGlob("**a*" + "a".repeat(430 + i % 60) + "*a*a*a"))
                        .toList(),
                LabelSelector.ALL,
                List.of(),
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticFail("fail", "")),
                1,
                null,
                "slow");
        NamespaceScope atOnce = new NamespaceScope(
                new PolicySet(List.of(slow)),
                (_, _) -> Optional.of(Map.of()),
                "shop",
                new PodSelection(Map.of()),
                Instant.EPOCH,
                true);

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> atOnce.matching(longName, SOON))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    }
}
