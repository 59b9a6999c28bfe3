package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobSetTest {
    private static List<List<ImageGlob>> owners(List<String> globs) {
        return globs.stream().map(glob -> List.of(new ImageGlob(glob))).toList();
    }

    private static int[] matching(List<String> globs, String name) {
        return GlobSet.of(owners(globs)).matching(name);
    }

    @Test
    void tellsTheOwnersOfTheGlobsThatMatch() {
        List<String> globs = List.of(
                "ghcr.io/acme/api",
                "ghcr.io/acme/*",
                "ghcr.io/acme/**",
                "ghcr.io/**",
                "**",
                "ghcr.io/acme/api*",
                "ghcr.io/acme/web",
                "ghcr.io/other/**",
                "*/acme/api",
                "**/api",
                "ghcr.io/**/a*i",
                "ghcr.io/acme/api/*",
                "*");

        assertThat(matching(globs, "ghcr.io/acme/api")).containsExactly(0, 1, 2, 3, 4, 5, 8, 9, 10);
        assertThat(matching(globs, "ghcr.io/acme/api/x")).containsExactly(2, 3, 4, 11);
        assertThat(matching(globs, "ghcr.io/acme/web")).containsExactly(1, 2, 3, 4, 6);
        assertThat(matching(globs, "quay.io/acme/api")).containsExactly(4, 8, 9);
        assertThat(matching(List.of(), "quay.io/acme/api")).isEmpty();
    }

    @Test
    void anOwnerOfSeveralGlobsIsToldOnce() {
        GlobSet set = GlobSet.of(List.of(
                List.of(new ImageGlob("ghcr.io/**"), new ImageGlob("**/api"), new ImageGlob("quay.io/*/*")),
                List.of(new ImageGlob("ghcr.io/*/api"))));

        assertThat(set.matching("ghcr.io/acme/api")).containsExactly(0, 1);
        assertThat(set.matching("quay.io/acme/web")).containsExactly(0);
    }

    /** Each glob by itself says the same: over few characters, so that much matches and much nearly does. */
    @Test
    void matchesAsEachGlobByItself() {
        Random random = new Random(56);
        for (int round = 0; round < 3_000; round++) {
            List<String> globs = new ArrayList<>();
            for (int i = random.nextInt(40) + 1; i > 0; i--) {
                globs.add(word(random, "ab/**", 12));
            }
            GlobSet set = GlobSet.of(owners(globs));
            for (int i = 0; i < 10; i++) {
                String name = word(random, "aab/", 14);
                int[] expected = IntStream.range(0, globs.size())
                        .filter(glob -> new ImageGlob(globs.get(glob)).matches(name))
                        .toArray();
                assertThat(set.matching(name)).as("%s in %s", name, globs).isEqualTo(expected);
            }
        }
    }

    private static String word(Random random, String of, int most) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(most) + 1; i > 0; i--) {
            word.append(of.charAt(random.nextInt(of.length())));
        }
        return word.toString();
    }

    @ParameterizedTest
    @CsvSource({"ghcr.io/Acme/*", "ghcr.io/acme/é*", "ghcr.io/a\uffff", "ghcr.io/acme/api?"})
    void whatIsInNoNameMatchesNone(String glob) {
        assertThat(matching(List.of(glob, "ghcr.io/**"), "ghcr.io/acme/api")).containsExactly(1);
        assertThat(new ImageGlob("ghcr.io/a\uffff").matches("ghcr.io/acme")).isFalse();
    }

    @Test
    @Tag("attack-56")
    @DisplayName("Attack 56: two policies of globs that took 40 seconds for a Pod cost what their length says")
    @Timeout(5)
    void hostileGlobsTakeLinearTime() {
        List<List<ImageGlob>> policies = List.of(hostile(0), hostile(1));
        GlobSet set = GlobSet.of(policies);
        for (int i = 0; i < 256; i++) {
            assertThat(set.matching("r.test/" + "a".repeat(246) + i)).isEmpty();
        }
    }

    private static List<ImageGlob> hostile(int policy) {
        return IntStream.range(0, 64)
                .mapToObj(i -> new ImageGlob("**a*" + "a".repeat(430 + i % 60) + "*a".repeat(4) + "c" + policy))
                .toList();
    }

    @Test
    @Tag("attack-56")
    @DisplayName("Attack 56: what matching would cost is known before, and too much of it is not begun")
    void whatItWouldCostIsKnownBefore() {
        GlobSet set = GlobSet.of(List.of(hostile(0)));
        String name = "r.test/" + "a".repeat(200);

        assertThat(set.matching(name, 4_096)).isNull();
        assertThat(set.matching(name, 512L * name.length())).isNotNull();
        GlobSet prefixes = GlobSet.of(owners(IntStream.range(0, 10_000)
                .mapToObj(i -> "r%d.test/team-%d/**".formatted(i % 100, i))
                .toList()));
        assertThat(prefixes.matching("r7.test/team-107/api", 0))
                .as("besides a walk along the name")
                .containsExactly(107);
    }
}
