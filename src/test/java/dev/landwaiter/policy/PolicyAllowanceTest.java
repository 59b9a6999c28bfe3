package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyAllowanceTest {
    private static PolicySize size(long bytes, long globs, long conditions, long patterns, int materials) {
        return new PolicySize(
                bytes,
                globs,
                conditions,
                patterns,
                IntStream.range(0, materials).mapToObj(i -> "secretRef s" + i).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @Tag("attack-64")
    @DisplayName("Attack 64: what one namespace's policies may cost together has limits")
    @CsvSource({
        "262144, 0, 0, 0, 0, NAMESPACE_POLICY_BYTES",
        "0, 16384, 0, 0, 0, NAMESPACE_GLOB_CHARACTERS",
        "0, 0, 65536, 0, 0, NAMESPACE_CONDITION_BYTES",
        "0, 0, 0, 100000, 0, NAMESPACE_PATTERN_INSTRUCTIONS",
        "0, 0, 0, 0, 32, NAMESPACE_MATERIALS",
    })
    void eachLimitHolds(long bytes, long globs, long conditions, long patterns, int materials, Limit limit) {
        PolicyAllowance allowance = new PolicyAllowance(Limits.defaults());

        assertThat(allowance.take(size(bytes, globs, conditions, patterns, materials)))
                .isEmpty();
        PolicySize one = new PolicySize(
                bytes > 0 ? 1 : 0,
                globs > 0 ? 1 : 0,
                conditions > 0 ? 1 : 0,
                patterns > 0 ? 1 : 0,
                materials > 0 ? Set.of("configMapRef s0") : Set.of());
        assertThat(allowance.take(one)).contains(limit);
        assertThat(allowance.take(size(0, 0, 0, 0, 32)))
                .as("what was refused took nothing")
                .isEmpty();
    }

    @Test
    void policiesAreCounted() {
        PolicyAllowance allowance = new PolicyAllowance(Limits.of(Map.of(Limit.NAMESPACE_POLICIES, 2L)));
        PolicySize small = size(1, 1, 0, 0, 0);

        assertThat(allowance.take(small)).isEmpty();
        assertThat(allowance.take(small)).isEmpty();
        assertThat(allowance.take(small)).contains(Limit.NAMESPACE_POLICIES);
        assertThat(allowance.takeGlobs(small)).isTrue();
        assertThat(allowance.takeGlobs(size(1, 20_000, 0, 0, 0))).isFalse();
        assertThat(allowance.takeGlobs(small)).isTrue();
        assertThat(allowance.takeGlobs(small)).isFalse();
    }

    @Test
    void theSizeOfAPolicyIsToldWithoutReadingIt() {
        PolicySize size = PolicySize.of(Yaml.tree("""
                kind: ImagePolicy
                metadata: {name: p, namespace: shop}
                spec:
                  images: [{glob: "ghcr.io/acme/**"}, {glob: "quay.io/*"}, {}]
                  authorities:
                    - key: {secretRef: {name: a}}
                      attestations:
                        - {name: x, policy: {type: cel, data: "true || é"}}
                        - {name: y, policy: {data: "false"}}
                    - key: {secretRef: {name: a}}
                    - key: {configMapRef: {name: a}}
                    - key: {data: x}
                    - keyless: {identities: [{issuer: i, subjectRegExp: "a{10}"}, {issuerRegExp: b, subject: s, extensionsRegExp: {buildTrigger: "(ab){5}"}}]}
                """));

        assertThat(size.globCharacters()).isEqualTo(15 + 9);
        assertThat(size.conditionBytes()).isEqualTo(10 + 5);
        assertThat(size.materials()).containsExactlyInAnyOrder("secretRef a", "configMapRef a");
        assertThat(size.patternInstructions()).isBetween(25L, 60L);
        assertThat(size.bytes()).isBetween(400L, 700L);
        assertThat(PolicySize.of(Yaml.tree("{spec: {images: x, authorities: {a: 1}}}"))
                        .globCharacters())
                .isZero();
        assertThat(PolicySize.of(Yaml.tree("[]"))).isEqualTo(new PolicySize(0, 0, 0, 0, Set.of()));
    }

    /** A few characters that become very many instructions are counted as those. */
    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: patterns are measured by what they are compiled to")
    void patternsAreMeasuredByWhatTheyAreCompiledTo() {
        PolicySize size = PolicySize.of(
                Yaml.tree(
                        "{spec: {authorities: [{keyless: {identities: [{issuerRegExp: '((a{100}){100}){9}', subject: s}]}}]}}"));
        assertThat(new PolicyAllowance(Limits.defaults()).take(size))
                .as("a tenth of it is allowed")
                .isEmpty();
        PolicySize larger = PolicySize.of(
                Yaml.tree(
                        "{spec: {authorities: [{keyless: {identities: [{issuerRegExp: '((a{100}){100}){12}', subject: s}]}}]}}"));
        assertThat(new PolicyAllowance(Limits.defaults()).take(larger)).contains(Limit.NAMESPACE_PATTERN_INSTRUCTIONS);
    }
}
