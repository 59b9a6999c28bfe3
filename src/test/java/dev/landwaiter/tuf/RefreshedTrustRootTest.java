package dev.landwaiter.tuf;

import static dev.landwaiter.testregistry.TestTufRepository.ROOT;
import static dev.landwaiter.testregistry.TestTufRepository.SNAPSHOT;
import static dev.landwaiter.testregistry.TestTufRepository.TARGETS;
import static dev.landwaiter.testregistry.TestTufRepository.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestTufRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a mirror's answers, good and bad. */
class RefreshedTrustRootTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final URI MIRROR = URI.create("https://mirror.test/tuf");
    private static final byte[] FIRST = new PrivateSigstore(() -> NOW).trustedRoot();
    private static final byte[] SECOND = new PrivateSigstore(() -> NOW).trustedRoot();
    private static final String LAST_GOOD =
            " The last good one stays in force: version 1 of the mirror's targets, by version 1 of its root, of 2026-11-21T00:00:00Z.";

    private final TestTufRepository repository = new TestTufRepository(NOW, FIRST);
    private final FakeTransport mirror = new FakeTransport(repository.files());
    private Instant now = NOW;
    private RefreshedTrustRoot root = open(Optional.empty());

    private RefreshedTrustRoot open(Optional<Path> folder) {
        return RefreshedTrustRoot.open(
                TufRepository.of(MIRROR, repository.firstRoot(), "--tuf-root"), folder, () -> now, Limits.defaults());
    }

    private boolean refresh() {
        return refresh(mirror);
    }

    private boolean refresh(HttpTransport transport) {
        return root.refresh(transport, Deadline.in(Duration.ofSeconds(10)));
    }

    /** One refresh that brings {@link #FIRST}. */
    private void begin() {
        assertThat(refresh()).isTrue();
        assertThat(root.problem()).isEmpty();
        assertInForce(FIRST);
    }

    private void assertInForce(byte[] json) {
        assertThat(root.get()).isEqualTo(TrustedRoot.parse(json, "it"));
    }

    /** The next refresh fails so, and leaves {@link #FIRST} in force. */
    private void assertRefused(String why) {
        assertThat(refresh()).isFalse();
        assertProblem(Code.TUF_REFUSED, why);
        assertInForce(FIRST);
    }

    private void assertProblem(Code code, String why) {
        assertThat(root.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.message())
                    .isEqualTo("Could not refresh the trust root from https://mirror.test/tuf: " + why + LAST_GOOD);
            assertThat(problem.code()).isEqualTo(code);
        });
    }

    @Test
    void theShippedOneIsInForceUntilTheFirstRefreshSucceeds() throws IOException {
        root = RefreshedTrustRoot.open(
                TufRepository.publicGood(MIRROR), Optional.empty(), () -> NOW, Limits.defaults());

        assertThat(root.get()).isSameAs(TrustedRoot.publicGood());
        assertThat(root.refreshed()).isEmpty();
        assertThat(refresh()).isFalse();
        assertThat(root.problem().orElseThrow().message())
                .isEqualTo(
                        "Could not refresh the trust root from https://mirror.test/tuf: \"root.json\" expired at 2025-02-19T08:04:32Z. If the clock here is right, the mirror is held back or not kept up: ask its operator. The last good one stays in force: the one shipped, of September 2025.");
        assertThat(root.get()).isSameAs(TrustedRoot.publicGood());
        try (InputStream notice = TrustedRoot.class.getResourceAsStream("public-good.NOTICE.txt")) {
            assertThat(notice).isNotNull();
            assertThat(new String(notice.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("in force since " + TrustedRoot.PUBLIC_GOOD_SINCE);
        }
    }

    @Test
    void ofAnotherInstanceNobodyIsBelievedUntilTheFirstRefreshSucceeds() {
        assertThat(root.get()).isEqualTo(TrustedRoot.nobody()).isNotEqualTo(TrustedRoot.publicGood());
        assertThat(root.origin()).isEqualTo("none, so no signer is believed");

        begin();

        assertThat(root.refreshed()).contains(NOW);
        assertThat(root.origin())
                .isEqualTo("version 1 of the mirror's targets, by version 1 of its root, of 2026-11-21T00:00:00Z");
        assertThat(refresh()).as("nothing is new").isFalse();
        assertThat(root.problem()).isEmpty();
    }

    @Test
    void aNewTrustRootTakesTheOldOnesPlace() {
        begin();
        repository.publish(SECOND);

        assertThat(refresh()).isTrue();

        assertInForce(SECOND);
    }

    @Test
    void aRootThatItsPredecessorsKeysVouchForIsFollowed() {
        begin();
        List<SigningKey> old = repository.role(ROOT).keys();
        SigningKey fresh = SigningKey.p256();
        // one key is replaced, and so is the timestamps'
        repository.change(ROOT, role -> role.signedBy(2, old.get(0), old.get(1), fresh));
        repository.change(TIMESTAMP, role -> role.signedBy(1, SigningKey.ed25519()));
        repository.publishNextRoot(List.of(old.get(0), old.get(1)));
        repository.change(ROOT, role -> role.signedBy(1, fresh));
        repository.publishNextRoot(List.of(old.get(1), fresh));
        repository.publish(SECOND);

        assertThat(refresh()).isTrue();

        assertInForce(SECOND);
        assertThat(root.origin()).startsWith("version 2 of the mirror's targets, by version 3 of its root");
    }

    @Test
    void aRootThatTooFewOfItsPredecessorsKeysSignedIsRefused() {
        begin();
        SigningKey own = SigningKey.p256();
        SigningKey known = repository.role(ROOT).keys().getFirst();
        repository.change(ROOT, role -> role.signedBy(1, own));
        repository.publishNextRoot(List.of(known, own));

        assertRefused(
                "\"2.root.json\" is not signed by as many of its keys as it must be. Check that --tuf-root is of this mirror, and otherwise ask its operator.");
    }

    @Test
    void aKeyThatSignsTwiceCountsOnce() {
        begin();
        SigningKey known = repository.role(ROOT).keys().getFirst();
        repository.publishNextRoot(List.of(known, known));

        assertThat(refresh()).isFalse();

        assertThat(root.problem().orElseThrow().code()).isEqualTo(Code.TUF_REFUSED);
        assertInForce(FIRST);
    }

    @Test
    void anotherVersionOfTheRootThanTheNextIsRefused() {
        begin();
        repository.files().put("2.root.json", repository.firstRoot());

        assertRefused(
                "\"2.root.json\" is older than what was seen before, or leaves some of it out. Ask the operator of the mirror; if it was made anew, empty the folder of --tuf-cache and start again.");
    }

    @Test
    void metadataByAStrangersKeyIsRefused() {
        begin();
        for (String role : List.of(TARGETS, SNAPSHOT, TIMESTAMP)) {
            Map<String, byte[]> good = Map.copyOf(repository.files());
            SigningKey own = repository.role(role).keys().getFirst();
            repository.change(role, is -> is.signedBy(1, SigningKey.p256()));
            repository.publish(SECOND);

            assertThat(refresh()).as(role).isFalse();
            assertThat(root.problem().orElseThrow().message())
                    .contains(role + ".json\" is not signed by as many of its keys as it must be.");
            assertInForce(FIRST);
            repository.change(role, is -> is.signedBy(1, own));
            repository.files().clear();
            repository.files().putAll(good);
        }
    }

    @Test
    void anOlderTimestampIsRefused() {
        byte[] old = repository.files().get("timestamp.json");
        repository.publish(FIRST);
        assertThat(refresh()).isTrue();
        repository.files().put("timestamp.json", old);

        assertThat(refresh()).isFalse();

        assertThat(root.problem().orElseThrow().message())
                .contains("\"timestamp.json\" is older than what was seen before");
    }

    @Test
    void anOlderSnapshotByANewTimestampIsRefused() {
        repository.publish(FIRST);
        assertThat(refresh()).isTrue();
        repository.change(SNAPSHOT, role -> role.version(1));
        repository.change(TIMESTAMP, role -> role.version(3));
        repository.publishTimestamp();

        assertThat(refresh()).isFalse();

        assertThat(root.problem().orElseThrow().message())
                .contains("\"timestamp.json\" is older than what was seen before");
    }

    @Test
    void olderTargetsByANewSnapshotAreRefused() {
        repository.publish(FIRST);
        assertThat(refresh()).isTrue();
        repository.change(TARGETS, role -> role.version(1));
        repository.change(SNAPSHOT, role -> role.version(3));
        repository.change(TIMESTAMP, role -> role.version(3));
        repository.publishSnapshot();
        repository.publishTimestamp();

        assertThat(refresh()).isFalse();

        assertThat(root.problem().orElseThrow().message())
                .contains("\"3.snapshot.json\" is older than what was seen before, or leaves some of it out.");
    }

    @Test
    void metadataThatHasExpiredIsRefused() {
        begin();
        for (String role : List.of(TARGETS, SNAPSHOT, TIMESTAMP)) {
            repository.change(role, is -> is.expires(NOW));
            repository.publish(SECOND);
            now = NOW.plusSeconds(1);

            assertThat(refresh()).as(role).isFalse();
            assertThat(root.problem().orElseThrow().message())
                    .contains(
                            role
                                    + ".json\" expired at 2026-11-21T00:00:00Z. If the clock here is right, the mirror is held back or not kept up: ask its operator.");
            assertInForce(FIRST);
        }
        repository.publishNextRoot(
                repository.change(ROOT, is -> is.expires(NOW)).role(ROOT).keys());
        assertRefused(
                "\"2.root.json\" expired at 2026-11-21T00:00:00Z. If the clock here is right, the mirror is held back or not kept up: ask its operator.");
    }

    @Test
    void aMirrorThatServesTheSameForEverIsFoundOut() {
        repository.change(TIMESTAMP, role -> role.expires(NOW.plus(Duration.ofDays(1))));
        repository.publishTimestamp();
        begin();
        now = NOW.plus(Duration.ofDays(1));

        assertRefused(
                "\"timestamp.json\" expired at 2026-11-22T00:00:00Z. If the clock here is right, the mirror is held back or not kept up: ask its operator.");
    }

    @Test
    void targetsBySomeoneWhoseKeyANewRootRevokesAreNotKept() {
        begin();
        repository.change(TARGETS, role -> role.signedBy(1, SigningKey.p256()));
        repository.publishNextRoot(repository.role(ROOT).keys());

        assertRefused(
                "\"1.targets.json\" is not signed by as many of its keys as it must be. Check that --tuf-root is of this mirror, and otherwise ask its operator.");
    }

    @Test
    void aRootOnceSeenIsNotForgottenWhereTheRestFails() {
        begin();
        SigningKey revoked = repository.role(TIMESTAMP).keys().getFirst();
        repository.change(TIMESTAMP, role -> role.signedBy(1, SigningKey.p256()));
        repository.publishNextRoot(repository.role(ROOT).keys());
        assertRefused(
                "\"timestamp.json\" is not signed by as many of its keys as it must be. Check that --tuf-root is of this mirror, and otherwise ask its operator.");

        repository.files().remove("2.root.json");
        repository.change(TIMESTAMP, role -> role.signedBy(1, revoked));
        repository.publish(SECOND);

        assertRefused(
                "\"timestamp.json\" is not signed by as many of its keys as it must be. Check that --tuf-root is of this mirror, and otherwise ask its operator.");
    }

    @Test
    void whatDoesNotHaveItsHashIsRefused() {
        begin();
        repository.publish(SECOND);
        String target = repository.files().keySet().stream()
                .filter(name -> name.startsWith("targets/"))
                .filter(name -> !name.contains(sha256(FIRST)))
                .findFirst()
                .orElseThrow();
        byte[] good = repository.files().put(target, FIRST);

        assertRefused(
                "\"%s\" does not have the hash that was promised. Ask the operator of the mirror.".formatted(target));

        repository.files().put(target, good == null ? new byte[0] : good);
        repository.files().put("2.snapshot.json", repository.files().get("1.snapshot.json"));
        assertRefused("\"2.snapshot.json\" does not have the hash that was promised. Ask the operator of the mirror.");
    }

    private static String sha256(byte[] content) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsNoTrustRootIsRefusedAndTheNextGoodOneIsTaken() {
        begin();
        repository.publish("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(refresh()).isFalse();
        assertThat(root.problem().orElseThrow().message())
                .startsWith(
                        "Could not refresh the trust root from https://mirror.test/tuf: Could not read \"trusted_root.json\" of the mirror: ");
        assertInForce(FIRST);

        repository.publish(SECOND);

        assertThat(refresh()).isTrue();
        assertThat(root.problem()).isEmpty();
        assertInForce(SECOND);
    }

    @Test
    void metadataThatCannotBeReadIsRefused() {
        begin();
        for (String bad : List.of("", "{", "null", "[]", "{\"signed\":{},\"signatures\":[]}", "[".repeat(50_000))) {
            repository.files().put("timestamp.json", bad.getBytes(StandardCharsets.UTF_8));

            assertThat(refresh()).as(bad).isFalse();
            assertThat(root.problem()).hasValueSatisfying(problem -> {
                assertThat(problem.code()).isEqualTo(Code.TUF_REFUSED);
                assertThat(problem.message())
                        .contains("\"timestamp.json\" cannot be used (")
                        .endsWith(LAST_GOOD);
            });
            assertInForce(FIRST);
        }
    }

    @Test
    void aMirrorThatIsDownLeavesTheLastGoodOneAndComesBack() {
        begin();
        for (Code code : List.of(Code.REGISTRY_UNREACHABLE, Code.REGISTRY_TIMEOUT, Code.REGISTRY_TLS_FAILED)) {
            assertThat(refresh(new FakeTransport(Map.of()).failing(code))).isFalse();
            assertProblem(
                    Code.TUF_UNAVAILABLE, "Could not fetch \"2.root.json\" from mirror.test: it is down. Try again.");
        }
        assertThat(refresh(new FakeTransport(Map.of()).failing(Code.DEADLINE_EXCEEDED)))
                .isFalse();
        assertProblem(
                Code.TUF_UNAVAILABLE,
                "the time for it ran out while \"2.root.json\" was fetched. The next attempt may fare better.");
        assertThat(refresh(new FakeTransport(Map.of()).answering(503))).isFalse();
        assertProblem(
                Code.TUF_UNAVAILABLE,
                "asked for \"2.root.json\", it answered 503. Check the mirror's address, and whether it is up.");
        assertThat(refresh(new FakeTransport(Map.of()).answering(302))).isFalse();
        assertProblem(
                Code.TUF_REFUSED,
                "asked for \"2.root.json\", it answered 302. Check the mirror's address, and whether it is up.");
        assertThat(refresh(new FakeTransport(Map.of()).failing(Code.REGISTRY_ADDRESS_REFUSED)))
                .isFalse();
        assertProblem(Code.TUF_REFUSED, "Could not fetch \"2.root.json\" from mirror.test: it is down. Try again.");
        assertThat(refresh(new FakeTransport(Map.of()))).isFalse();
        assertProblem(Code.TUF_REFUSED, "it has no \"timestamp.json\". Check that it is the address of a TUF mirror.");
        assertInForce(FIRST);

        repository.publish(SECOND);
        assertThat(refresh()).isTrue();
        assertInForce(SECOND);
    }

    @Test
    void aBucketThatMayNotBeListedEndsTheRootsWith403() {
        assertThat(refresh(mirror.answering(403))).isTrue();

        assertInForce(FIRST);
    }

    @Test
    void eachRefreshChecksAllAnewButAsksForNoRootTwice() {
        begin();
        mirror.asked.clear();

        assertThat(refresh()).isFalse();

        assertThat(mirror.asked)
                .containsExactly(
                        "2.root.json",
                        "timestamp.json",
                        "1.snapshot.json",
                        "1.targets.json",
                        "targets/" + sha256(FIRST) + ".trusted_root.json");
    }

    @Test
    void whatWasFetchedIsInForceAtTheNextStartAndNothingOlderIsBelievedThen(@TempDir Path folder) {
        root = open(Optional.of(folder));
        byte[] old = repository.files().get("timestamp.json");
        List<SigningKey> keys = repository.role(ROOT).keys();
        repository.publishNextRoot(keys);
        repository.publish(SECOND);
        assertThat(refresh()).isTrue();
        repository.publishNextRoot(keys);
        assertThat(refresh()).isFalse();

        now = NOW.plus(Duration.ofDays(400));
        root = open(Optional.of(folder));

        assertInForce(SECOND);
        assertThat(root.problem())
                .as("it has expired, and is the last good one")
                .isEmpty();
        assertThat(root.origin())
                .isEqualTo("version 2 of the mirror's targets, by version 3 of its root, of 2026-11-21T00:00:00Z");
        now = NOW;
        repository.files().put("timestamp.json", old);
        assertThat(refresh()).isFalse();
        assertThat(root.problem().orElseThrow().message())
                .contains("\"timestamp.json\" is older than what was seen before");
        assertInForce(SECOND);
    }

    @Test
    void whatWasKeptIsBelievedNoMoreThanTheMirror(@TempDir Path folder) throws IOException {
        root = open(Optional.of(folder));
        begin();
        Path file = folder.resolve("trust-root.json");
        String good = Files.readString(file);
        TestTufRepository others = new TestTufRepository(NOW, SECOND);

        assertThat(folder).isDirectoryContaining(one -> one.equals(file));
        assertThat(folder).isDirectoryNotContaining(one -> !one.equals(file));
        for (String bad : List.of(
                "",
                "{}",
                "{\"refreshed\":\"2026-11-21T00:00:00Z\",\"files\":{}}",
                good.replaceFirst("\"timestamp.json\":\"....", "\"timestamp.json\":\"AAAA"),
                good.replaceFirst("\"timestamp.json\":\"....", "\"timestamp.json\":\"!!!!"),
                good.replaceFirst("2026", "2029"),
                good.substring(0, good.length() / 2))) {
            Files.writeString(file, bad);
            root = open(Optional.of(folder));
            assertThat(root.get()).isEqualTo(TrustedRoot.nobody());
            assertThat(root.problem())
                    .hasValueSatisfying(problem ->
                            assertThat(problem.code()).as(problem.message()).isEqualTo(Code.TUF_CACHE_UNUSABLE));
        }
        Files.writeString(file, good);
        root = RefreshedTrustRoot.open(
                TufRepository.of(MIRROR, others.firstRoot(), "--tuf-root"),
                Optional.of(folder),
                () -> NOW,
                Limits.defaults());
        assertThat(root.problem().orElseThrow().message())
                .isEqualTo(
                        "Could not use \"%s\": what it holds leads to no trust root: \"timestamp.json\" is not signed by as many of its keys as it must be. Check that --tuf-root is of this mirror, and otherwise ask its operator. It was passed over, and is written again after the next refresh that succeeds."
                                .formatted(file));
        assertThat(refresh(new FakeTransport(others.files()))).isTrue();
        assertThat(root.problem()).isEmpty();
        assertInForce(SECOND);
    }

    @Test
    void aFailedRefreshChangesNothingOnDisk(@TempDir Path folder) throws IOException {
        root = open(Optional.of(folder));
        begin();
        byte[] kept = Files.readAllBytes(folder.resolve("trust-root.json"));
        repository.publish(SECOND);
        repository.files().remove("2.targets.json");

        assertThat(refresh()).isFalse();

        assertThat(Files.readAllBytes(folder.resolve("trust-root.json"))).isEqualTo(kept);
        assertThat(root.problem().orElseThrow().message()).contains("it has no \"2.targets.json\".");
    }

    @Test
    void anAttemptThatBrokeOffHalfWayIsMadeUpForByTheNext() {
        begin();
        repository.publish(SECOND);
        byte[] targets = repository.files().remove("2.targets.json");
        assertThat(refresh()).isFalse();
        repository.files().put("2.targets.json", targets == null ? new byte[0] : targets);

        assertThat(refresh()).isTrue();

        assertInForce(SECOND);
    }

    @Test
    void whereItCannotBeKeptItIsInForceAllTheSame(@TempDir Path folder) throws IOException {
        Path gone = Files.createDirectory(folder.resolve("cache"));
        root = open(Optional.of(gone));
        Files.delete(gone);

        assertThat(refresh()).isTrue();

        assertInForce(FIRST);
        assertThat(root.problem().orElseThrow().message())
                .startsWith("Could not keep the trust root in \"%s\": it cannot be written (NoSuchFileException: "
                        .formatted(gone.resolve("trust-root.json")))
                .endsWith(
                        "). Give --tuf-cache a folder that can be written; the trust root is in force all the same, until the next start.");
    }

    @Test
    void whatIsNoRootIsRefusedAtTheStart() {
        for (String bad : List.of("", "null", "{}", "no JSON", "{\"signed\":{\"_type\":\"targets\"}}")) {
            assertThatThrownBy(() -> TufRepository.of(MIRROR, bad.getBytes(StandardCharsets.UTF_8), "--tuf-root \"a\""))
                    .isInstanceOf(Failure.class)
                    .hasMessage(
                            "Could not use --tuf-root \"a\": it is not a TUF root. Give the root.json that the repository at https://mirror.test/tuf began with, or any later one of it.");
        }
    }

    @Test
    void noSecurityProviderIsRegisteredForTheWholeProcess() {
        begin();

        assertThat(Security.getProvider("BC")).isNull();
    }
}
