package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PullSecretKeychainTest {
    private static final ImageReference API = ImageReference.parse("ghcr.io/acme/api:1");
    private static final String JSON = "kubernetes.io/dockerconfigjson";

    private final AtomicLong now = new AtomicLong();
    private final FakeSecrets cluster = new FakeSecrets();
    private final RememberingPullSecrets secrets = new RememberingPullSecrets(cluster, Limits.defaults(), now::get);

    @Test
    void thePodsSecretsAreTakenBeforeItsServiceAccounts() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        cluster.put("shop/other", "ghcr.io", "bob");
        cluster.serviceAccounts.put("shop/robot", List.of("other"));
        assertThat(find("shop", "robot", "pull")).isEqualTo(found("ann", "pull"));
        assertThat(find("shop", "robot")).isEqualTo(found("bob", "other"));
    }

    @Test
    void aPodThatNamesNoServiceAccountHasTheDefaultOne() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        cluster.serviceAccounts.put("shop/default", List.of("pull"));
        assertThat(find("shop", "")).isEqualTo(found("ann", "pull"));
    }

    @Test
    void theLongestPathOfAllSecretsWinsAndOfTwoAsLongTheEarlier() {
        cluster.put("shop/wide", "ghcr.io", "ann");
        cluster.put("shop/narrow", "ghcr.io/acme", "bob");
        cluster.put("shop/second", "ghcr.io/acme", "cyd");
        assertThat(find("shop", "", "wide", "narrow", "second").credential())
                .isEqualTo(new Credential.Basic("bob", "pw", "secret \"shop/narrow\""));
        assertThat(find("shop", "", "second", "narrow", "wide").credential())
                .isEqualTo(new Credential.Basic("cyd", "pw", "secret \"shop/second\""));
    }

    @Test
    @DisplayName("All that match are tried in turn, as the kubelet does")
    void allThatMatchComeInTurn() {
        cluster.put("shop/wide", "ghcr.io", "ann");
        cluster.put("shop/narrow", "ghcr.io/acme", "bob");
        cluster.put("shop/second", "ghcr.io/acme", "cyd");
        cluster.put("shop/again", "ghcr.io/acme/api", "ann");
        cluster.put("shop/elsewhere", "quay.io", "dan");

        Keychain.Found found = find("shop", "", "wide", "narrow", "second", "again", "elsewhere");

        assertThat(found.credential().source()).isEqualTo("secret \"shop/again\"");
        assertThat(found.others())
                .as("the longest path first, then in the Secrets' order, and the same credential once")
                .extracting(Credential::source)
                .containsExactly("secret \"shop/narrow\"", "secret \"shop/second\"");
        assertThat(found.inTurn())
                .extracting(one -> one.credential().source(), Keychain.Found::notes)
                .containsExactly(
                        tuple(
                                "secret \"shop/again\"",
                                List.of("secret \"shop/elsewhere\" has no entry for ghcr.io/acme/api")),
                        tuple(
                                "secret \"shop/narrow\"",
                                List.of(
                                        "the credentials of secret \"shop/again\"",
                                        "secret \"shop/elsewhere\" has no entry for ghcr.io/acme/api")),
                        tuple(
                                "secret \"shop/second\"",
                                List.of(
                                        "the credentials of secret \"shop/again\"",
                                        "the credentials of secret \"shop/narrow\"",
                                        "secret \"shop/elsewhere\" has no entry for ghcr.io/acme/api")));
    }

    @Test
    void ofVeryManyThatMatchAFewAreTried() {
        String[] names = IntStream.range(0, 32).mapToObj(i -> "p" + i).toArray(String[]::new);
        for (String name : names) {
            cluster.put("shop/" + name, "ghcr.io", name);
        }

        Keychain.Found found = find("shop", "", names);

        assertThat(found.inTurn()).hasSize(8);
        assertThat(found.notes()).containsExactly("24 more credentials match, and the limit 'credentials-tried' is 8");
    }

    @Test
    void everythingThatWasTriedInVainIsNoted() {
        cluster.put("shop/elsewhere", "quay.io", "ann");
        cluster.secrets.put("shop/opaque", secret("Opaque", "{}"));
        cluster.secrets.put("shop/broken", secret(JSON, "hunter2"));
        assertThat(find("shop", "", "elsewhere", "missing", "opaque", "broken"))
                .isEqualTo(Keychain.Found.anonymous(List.of(
                        "secret \"shop/elsewhere\" has no entry for ghcr.io/acme/api",
                        "secret \"shop/missing\" is missing",
                        "secret \"shop/opaque\" is of type \"Opaque\", not kubernetes.io/dockerconfigjson",
                        "secret \"shop/broken\" is not well-formed JSON")));
        cluster.serviceAccounts.put("shop/robot", List.of());
        assertThat(find("shop", "robot"))
                .isEqualTo(Keychain.Found.anonymous(
                        List.of("neither the Pod nor service account \"shop/robot\" names imagePullSecrets")));
    }

    @Test
    void aServiceAccountThatCannotBeReadIsNotedAsOneAndNotAsOneWithoutSecrets() {
        String forbidden =
                "may not be read: the webhook's ServiceAccount lacks the right to get serviceaccounts in namespace \"shop\"";
        cluster.unread.put("shop/robot", forbidden);
        List<String> note =
                List.of("the Pod names no imagePullSecrets, and service account \"shop/robot\" " + forbidden);
        Keychain keychain = keychain("shop", "robot");

        assertThat(keychain.find(API, soon())).isEqualTo(Keychain.Found.anonymous(note));
        assertThat(keychain.refresh(API, soon())).isEqualTo(Keychain.Found.anonymous(note));
        assertThat(find("shop", "gone"))
                .isEqualTo(Keychain.Found.anonymous(
                        List.of("the Pod names no imagePullSecrets, and service account \"shop/gone\" is missing")));
        cluster.put("shop/pull", "ghcr.io", "ann");
        assertThat(find("shop", "robot", "pull")).as("whose own Secrets serve").isEqualTo(found("ann", "pull"));
    }

    @Test
    void anUnusableEntryBesideAGoodOneIsNotedToo() {
        cluster.secrets.put(
                "shop/pull",
                secret(
                        JSON,
                        "{\"auths\":{\"ghcr.io\":{\"auth\":\"!\"},\"quay.io\":{\"username\":\"a\",\"password\":\"b\"}}}"));
        assertThat(find("shop", "", "pull").notes())
                .containsExactly(
                        "secret \"shop/pull\" has an unusable entry for \"ghcr.io\": its auth is not the base64 of user:password",
                        "secret \"shop/pull\" has no entry for ghcr.io/acme/api");
    }

    @Test
    void readsTheOldKindOfSecret() {
        cluster.secrets.put(
                "shop/old",
                secret("kubernetes.io/dockercfg", "{\"ghcr.io\":{\"username\":\"ann\",\"password\":\"pw\"}}"));
        assertThat(find("shop", "", "old")).isEqualTo(found("ann", "old"));
    }

    @Test
    @Tag("attack-44")
    @DisplayName("Attack 44: a name that leads out of the namespace is never asked for")
    void aNameThatLeadsOutOfTheNamespaceIsNeverAskedFor() {
        cluster.put("bank/pull", "ghcr.io", "ann");
        cluster.put("shop/../bank/pull", "ghcr.io", "ann");
        for (String name :
                List.of("../bank/pull", "bank/pull", "..", "pull?x=y", "pull%2f", "", "PULL", "a".repeat(254))) {
            assertThat(find("shop", "", name))
                    .isEqualTo(Keychain.Found.anonymous(List.of("\"" + name + "\" is not the name of a secret")));
        }
        assertThat(find("shop", "../bank/robot"))
                .isEqualTo(Keychain.Found.anonymous(List.of("service account \"../bank/robot\" is not a name")));
        assertThat(cluster.asked).isEmpty();
    }

    @Test
    @Tag("attack-44")
    @DisplayName("Attack 44: nor is it asked for once a registry has refused what was shown")
    void aNameThatLeadsOutOfTheNamespaceIsNotAskedForAgain() {
        cluster.serviceAccounts.put("shop/../bank/robot", List.of("pull"));
        cluster.put("shop/pull", "ghcr.io", "ann");
        for (String name : List.of("../bank/robot", "robot?watch=true", "robot%2f..", "Robot")) {
            assertThat(keychain("shop", name).refresh(API, soon()))
                    .isEqualTo(Keychain.Found.anonymous(List.of("service account \"" + name + "\" is not a name")));
        }
        assertThat(keychain("shop", "", "../bank/pull").refresh(API, soon()).credential())
                .isEqualTo(Credential.ANONYMOUS);
        assertThat(cluster.asked).isEmpty();
    }

    @Test
    @Tag("attack-44")
    @DisplayName("Attack 44: what one namespace's Secret holds is not remembered for another of the same name")
    void whatIsRememberedBelongsToItsNamespace() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        assertThat(find("shop", "", "pull")).isEqualTo(found("ann", "pull"));
        assertThat(find("bank", "", "pull").credential()).isEqualTo(Credential.ANONYMOUS);
    }

    @Test
    void isRememberedForFifteenMinutes() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        cluster.serviceAccounts.put("shop/default", List.of("pull"));
        assertThat(find("shop", "")).isEqualTo(found("ann", "pull"));
        cluster.put("shop/pull", "ghcr.io", "bob");
        now.addAndGet(Duration.ofMinutes(15).toNanos() - 1);
        assertThat(find("shop", "")).isEqualTo(found("ann", "pull"));
        assertThat(cluster.asked).containsExactly("service account shop/default", "secret shop/pull");
        now.addAndGet(2);
        assertThat(find("shop", "")).isEqualTo(found("bob", "pull"));
    }

    @Test
    void thatItIsMissingIsRememberedForTenSeconds() {
        assertThat(find("shop", "", "pull").credential()).isEqualTo(Credential.ANONYMOUS);
        cluster.put("shop/pull", "ghcr.io", "ann");
        assertThat(find("shop", "", "pull").credential()).isEqualTo(Credential.ANONYMOUS);
        now.addAndGet(Duration.ofSeconds(10).toNanos() + 1);
        assertThat(find("shop", "", "pull")).isEqualTo(found("ann", "pull"));
    }

    @Test
    @DisplayName("A 401 reads the Secret again, once, however many Pods meet it")
    void aRefreshReadsAgainOnce() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        cluster.serviceAccounts.put("shop/default", List.of("pull"));
        Keychain keychain = keychain("shop", "");
        assertThat(keychain.find(API, soon())).isEqualTo(found("ann", "pull"));
        cluster.put("shop/pull", "ghcr.io", "bob");
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        for (int i = 0; i < 1000; i++) {
            assertThat(keychain.refresh(API, soon())).isEqualTo(found("bob", "pull"));
        }
        assertThat(cluster.asked)
                .containsExactly(
                        "service account shop/default",
                        "secret shop/pull",
                        "service account shop/default",
                        "secret shop/pull");
    }

    @Test
    void aClusterThatDoesNotAnswerIsAFailureAndNotRemembered() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        cluster.down = true;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> find("shop", "", "pull"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.CLUSTER_UNAVAILABLE));
        cluster.down = false;
        assertThat(find("shop", "", "pull")).isEqualTo(found("ann", "pull"));
    }

    @Test
    void aPodThatNamesVeryManySecretsIsRefused() {
        String[] names = IntStream.range(0, 33).mapToObj(i -> "pull-" + i).toArray(String[]::new);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> find("shop", "", names))
                .withMessageStartingWith(
                        "Could not read the imagePullSecrets of a Pod of namespace shop: it exceeds the limit 'pull-secrets' of 32 secrets.");
        assertThat(cluster.asked).isEmpty();
    }

    @Test
    @Tag("attack-59")
    @DisplayName(
            "Attack 59: what is noted of broken pull Secrets is a few lines, however many and however broken they are")
    void notesAreBounded() {
        String entries = IntStream.range(0, 1_000)
                .mapToObj(i -> "\"%s%d\":{\"auth\":\"!\"}".formatted("é".repeat(500), i))
                .collect(Collectors.joining(","));
        String[] names =
                IntStream.range(0, 32).mapToObj(i -> "p" + i + "x".repeat(240)).toArray(String[]::new);
        for (String name : names) {
            cluster.secrets.put("shop/" + name, secret(JSON, "{\"auths\":{" + entries + "}}"));
        }
        List<String> notes = find("shop", "", names).notes();
        assertThat(String.join("; ", notes)).hasSizeLessThan(2_200);
        assertThat(notes.getLast()).matches("and 1\\d\\d more like these");

        Keychain twice = keychain("shop", "", names).or(keychain("shop", "", names));
        assertThat(String.join("; ", twice.find(API, soon()).notes())).hasSizeLessThan(4_400);
    }

    @Test
    void patternsAreComparedWithManyImagesOnlyWhereThereIsTimeForIt() {
        String patterns = IntStream.range(0, 32)
                .mapToObj("\"*-%d.example\":{\"username\":\"ann\",\"password\":\"pw\"}"::formatted)
                .collect(Collectors.joining(",", "{\"auths\":{", "}}"));
        String[] names = IntStream.range(0, 32).mapToObj(i -> "p" + i).toArray(String[]::new);
        for (String name : names) {
            cluster.secrets.put("shop/" + name, secret(JSON, patterns));
        }
        assertThat(find("shop", "", names).credential()).isEqualTo(Credential.ANONYMOUS);
        ImageReference image = ImageReference.parse("eu-31.example/x");
        Keychain keychain = keychain("shop", "", names);

        assertThat(keychain.find(image, Deadline.passed())).isEqualTo(keychain.find(image, soon()));
        assertThat(keychain.find(image, soon()).credential().source()).isEqualTo("secret \"shop/p0\"");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> keychain.find(image, Deadline.passed()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    }

    @Test
    void whatIsRememberedIsWeighed() {
        String token = "t".repeat(8_000);
        String large = IntStream.range(0, 125)
                .mapToObj(i -> "\"ghcr.io%s\":{\"registrytoken\":\"%s\"}".formatted(i == 0 ? "" : "/" + i, token))
                .collect(Collectors.joining(",", "{\"auths\":{", "}}"));
        for (int i = 0; i < 64; i++) {
            cluster.secrets.put("shop/p" + i, secret(JSON, large));
            assertThat(find("shop", "", "p" + i).credential()).isInstanceOf(Credential.Bearer.class);
        }
        assertThat(IntStream.range(0, 64)
                        .filter(i -> secrets.rememberedSecret("shop", "p" + i).isPresent()))
                .as("sixteen megabytes of two each")
                .hasSizeBetween(1, 8);
    }

    @Test
    void withoutAClusterThereIsNothing() {
        Keychain keychain = new PullSecretKeychain(
                new RememberingPullSecrets(PullSecrets.NONE, Limits.defaults(), now::get),
                Limits.defaults(),
                "shop",
                List.of("pull"),
                "");
        assertThat(keychain.find(API, soon()).credential()).isEqualTo(Credential.ANONYMOUS);
    }

    @Test
    void theNextKeychainIsAskedWhereThisOneHasNothingAndNotesAddUp() {
        cluster.put("shop/pull", "ghcr.io", "ann");
        Keychain.Found next = new Keychain.Found(new Credential.Bearer("t", "next"), List.of("a note"));
        Keychain both = keychain("shop", "", "pull").or((reference, deadline) -> next);
        assertThat(both.find(API, soon()))
                .as("what the next one has comes after, without its notes")
                .isEqualTo(
                        new Keychain.Found(found("ann", "pull").credential(), List.of(next.credential()), List.of()));
        assertThat(both.refresh(API, soon())).isEqualTo(both.find(API, soon()));
        ImageReference elsewhere = ImageReference.parse("quay.io/x");
        assertThat(both.find(elsewhere, soon()))
                .isEqualTo(new Keychain.Found(
                        next.credential(), List.of("secret \"shop/pull\" has no entry for quay.io/x", "a note")));
        assertThat(both.refresh(elsewhere, soon()).credential()).isEqualTo(next.credential());
    }

    private Keychain keychain(String namespace, String serviceAccount, String... names) {
        return new PullSecretKeychain(secrets, Limits.defaults(), namespace, Arrays.asList(names), serviceAccount);
    }

    private Keychain.Found find(String namespace, String serviceAccount, String... names) {
        return keychain(namespace, serviceAccount, names).find(API, soon());
    }

    private static Keychain.Found found(String user, String secret) {
        return new Keychain.Found(new Credential.Basic(user, "pw", "secret \"shop/" + secret + "\""), List.of());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static PullSecrets.Secret secret(String type, String content) {
        return new PullSecrets.Secret(type, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A cluster's Secrets and ServiceAccounts, by {@code namespace/name}. */
    private static final class FakeSecrets implements PullSecrets {
        final Map<String, Secret> secrets = new HashMap<>();
        final Map<String, List<String>> serviceAccounts = new HashMap<>();
        /** Why a ServiceAccount could not be read. */
        final Map<String, String> unread = new HashMap<>();

        final List<String> asked = new CopyOnWriteArrayList<>();
        boolean down;

        void put(String path, String registry, String user) {
            secrets.put(
                    path,
                    PullSecretKeychainTest.secret(
                            JSON,
                            "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"pw\"}}}"
                                    .formatted(registry, user)));
        }

        @Override
        public Reading secret(String namespace, String name, Deadline deadline) {
            ask("secret " + namespace + "/" + name);
            Secret secret = secrets.get(namespace + "/" + name);
            return secret == null ? new Absent("is missing") : secret;
        }

        @Override
        public Account serviceAccount(String namespace, String name, Deadline deadline) {
            ask("service account " + namespace + "/" + name);
            List<String> names = serviceAccounts.get(namespace + "/" + name);
            return names == null
                    ? new Account.Unread(unread.getOrDefault(namespace + "/" + name, "is missing"))
                    : new Account.Named(names);
        }

        private void ask(String what) {
            asked.add(what);
            if (down) {
                throw new Failure(Code.CLUSTER_UNAVAILABLE, "Could not read " + what + ": no answer.");
            }
        }
    }
}
