package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.policy.Source;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many authorities must pass, and where each has its signatures. */
@Timeout(60)
class ThresholdTest {
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final SigningKey QA = SigningKey.p256();
    private static final SigningKey AUDIT = SigningKey.p256();
    private static final String IMAGE = "ghcr.io/acme/api@" + BUSYBOX;

    private final FakeArtifacts artifacts = new FakeArtifacts();
    private final PolicyVerifier verifier = Fixtures.verifier(artifacts);

    @Test
    void enoughAuthoritiesMustPass() {
        bundle(RELEASE);
        bundle(AUDIT);
        ImagePolicy two = policy(2, key("release", RELEASE), key("qa", QA), key("audit", AUDIT));
        assertThat(verify(two))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::authority)
                                .containsExactly("release", "audit"));
        assertThat(verify(policy(3, key("release", RELEASE), key("qa", QA), key("audit", AUDIT))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE
                                + ": 2 of the 3 authorities that are needed passed (\"release\", \"audit\"): "
                                + "2 signatures were found, but none is by the key of authority \"qa\" ("
                                + PublicKeys.fingerprint(QA.keys().getPublic())
                                + "). Sign it with a key that the policy names: cosign sign --key <key> " + IMAGE
                                + "."));
    }

    @Test
    void nobodyOfThoseNeededIsToldToo() {
        assertThat(verify(policy(2, key("release", RELEASE), key("qa", QA))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_MISSING,
                        "Could not verify " + IMAGE
                                + ": 0 of the 2 authorities that are needed passed: there is no signature under its tag sha256-"
                                + BUSYBOX.hex().substring(0, 12)
                                + "….sig nor among its referrers. Sign it: cosign sign --key <key> " + IMAGE + "."));
    }

    @Test
    void oneKeyOfAnAuthorityIsAsGoodAsAnotherAndCountsOnce() {
        bundle(RELEASE);
        bundle(QA);
        Authority rotated = new Authority.Key(
                "release",
                List.of(
                        new VerificationKey(QA.keys().getPublic()),
                        new VerificationKey(RELEASE.keys().getPublic())),
                Terms.PLAIN);
        assertThat(verify(policy(1, rotated)))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::signer)
                                .containsExactly("key "
                                        + PublicKeys.fingerprint(QA.keys().getPublic())));
        assertThat(verify(policy(2, rotated, key("audit", AUDIT)))).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    @DisplayName("A static pass is one of several authorities, and suffices alone only where one does")
    void aStaticPassIsOneOfSeveral() {
        Authority pass = new Authority.StaticPass("all");
        assertThat(verify(policy(1, pass, key("release", RELEASE))))
                .isEqualTo(new Verdict.Verified(List.of(Evidence.ofStatic("all"))));
        assertThat(artifacts.asked).isEmpty();
        assertThat(verify(policy(2, pass, key("release", RELEASE)))).isInstanceOf(Verdict.Rejected.class);
        bundle(RELEASE);
        assertThat(Fixtures.verifier(artifacts)
                        .verify(image(BUSYBOX), policy(2, pass, key("release", RELEASE)), ANYBODY, soon()))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::authority)
                                .containsExactly("all", "release"));
    }

    @Test
    void aThresholdThatNobodyCouldReachAsksNoRegistry() {
        assertThat(verify(policy(2, new Authority.StaticFail("never", "closed"), key("release", RELEASE))))
                .isEqualTo(new Verdict.Rejected(Code.STATIC_FAIL, "closed"));
        assertThat(artifacts.asked).isEmpty();
    }

    @Test
    @DisplayName("Whoever could not be asked matters only where the threshold could still be reached")
    void whoeverCouldNotBeAskedMattersOnlyWhereItCould() {
        bundle(RELEASE);
        SignatureFinder down = (place, subject, types, deadline) ->
                place.repository().repository().equals("acme/api")
                        ? new RegistrySignatureFinder(artifacts, Limits.defaults())
                                .find(place, subject, types, deadline)
                        : Signatures.failed(new Failure(Code.REGISTRY_TIMEOUT, "It is slow."));
        PolicyVerifier partly =
                new PolicyVerifier(down, artifacts, SourceKeychains.NONE, new BundleVerifier(), Limits.defaults());
        Authority elsewhere = keptIn("qa", QA, new Source("ghcr.io/acme/store", "", List.of(), null));
        assertThat(partly.verify(image(BUSYBOX), policy(1, key("release", RELEASE), elsewhere), ANYBODY, soon()))
                .isInstanceOf(Verdict.Verified.class);
        assertThat(partly.verify(image(BUSYBOX), policy(2, key("release", RELEASE), elsewhere), ANYBODY, soon()))
                .isEqualTo(new Verdict.Unavailable(Code.REGISTRY_TIMEOUT, "It is slow."));
        assertThat(partly.verify(
                        image(BUSYBOX),
                        policy(2, key("audit", AUDIT), elsewhere, new Authority.StaticFail("never", "")),
                        ANYBODY,
                        soon()))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    @DisplayName("The image's credential is shown in the image's registry alone, and Secrets only where they are for")
    void credentialsGoWhereTheyAreFor() {
        List<String> asked = new CopyOnWriteArrayList<>();
        SignatureFinder finder = (place, subject, types, deadline) -> {
            asked.add(place.repository().name() + " "
                    + place.credential().credential().source() + " "
                    + place.tag(subject, "").substring(0, 12));
            return Signatures.NONE;
        };
        SourceKeychains secrets = source -> (reference, deadline) -> Fixtures.user("robot");
        PolicyVerifier verifying =
                new PolicyVerifier(finder, artifacts, secrets, new BundleVerifier(), Limits.defaults());
        Keychain.Found ann = new Keychain.Found(new Credential.Basic("ann", "pw", "the image's"), List.of());
        Verdict _ = verifying.verify(
                image(BUSYBOX),
                policy(
                        1,
                        keptIn("own", QA, new Source("", "", List.of(), "signed-")),
                        keptIn("same", QA, new Source("ghcr.io/acme/store", "", List.of(), null)),
                        keptIn("foreign", QA, new Source("store.test/sig", "", List.of(), null)),
                        keptIn("secret", QA, new Source("store.test/sig", "ops", List.of("pull"), null))),
                ann,
                soon());
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "ghcr.io/acme/api the image's signed-sha25",
                        "ghcr.io/acme/store the image's sha256-4127b",
                        "store.test/sig no credentials sha256-4127b",
                        "store.test/sig secret \"shop/pull\" sha256-4127b");
    }

    @Test
    void aSecretThatTheRegistryRefusesIsReadOnceMore() {
        List<CredentialIdentity> shown = new ArrayList<>();
        SignatureFinder finder = (place, subject, types, deadline) -> {
            shown.add(place.credential().credential().identity());
            return shown.size() == 1
                    ? Signatures.failed(new Failure(Code.REGISTRY_UNAUTHORIZED, "It is old."))
                    : Signatures.NONE;
        };
        SourceKeychains secrets = source -> new Keychain() {
            @Override
            public Found find(ImageReference reference, Deadline deadline) {
                return Fixtures.user("old");
            }

            @Override
            public Found refresh(ImageReference reference, Deadline deadline) {
                return Fixtures.user("new");
            }
        };
        PolicyVerifier verifying =
                new PolicyVerifier(finder, artifacts, secrets, new BundleVerifier(), Limits.defaults());
        Authority kept = keptIn("release", QA, new Source("store.test/sig", "ops", List.of("pull"), null));
        assertThat(verifying.verify(image(BUSYBOX), policy(1, kept), ANYBODY, soon()))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_MISSING,
                        "Could not find a signature of " + IMAGE + ": there is none under the tag sha256-"
                                + BUSYBOX.hex().substring(0, 12)
                                + "….sig nor among its referrers in store.test/sig. Sign it: cosign sign --key <key> "
                                + IMAGE + "."));
        assertThat(shown)
                .containsExactly(
                        Fixtures.user("old").credential().identity(),
                        Fixtures.user("new").credential().identity());
    }

    @Test
    void whereSeveralSecretsMatchEachIsShownInTurn() {
        List<CredentialIdentity> shown = new ArrayList<>();
        SignatureFinder finder = (place, subject, types, deadline) -> {
            CredentialIdentity source = place.credential().credential().identity();
            shown.add(source);
            return source.equals(Fixtures.user("good").credential().identity())
                    ? Signatures.NONE
                    : Signatures.failed(new Failure(Code.REGISTRY_FORBIDDEN, "It is another's."));
        };
        SourceKeychains secrets = source -> (reference, deadline) -> new Keychain.Found(
                Fixtures.user("bad").credential(),
                List.of(
                        Fixtures.user("good").credential(),
                        Fixtures.user("unasked").credential()),
                List.of());
        PolicyVerifier verifying =
                new PolicyVerifier(finder, artifacts, secrets, new BundleVerifier(), Limits.defaults());
        Authority kept = keptIn("release", QA, new Source("store.test/sig", "ops", List.of("pull", "other"), null));

        assertThat(verifying.verify(image(BUSYBOX), policy(1, kept), ANYBODY, soon()))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(Code.SIGNATURE_MISSING));
        assertThat(shown)
                .containsExactly(
                        Fixtures.user("bad").credential().identity(),
                        Fixtures.user("good").credential().identity());
    }

    private Verdict verify(ImagePolicy policy) {
        return verifier.verify(image(BUSYBOX), policy, ANYBODY, soon());
    }

    private static ImagePolicy policy(int threshold, Authority... authorities) {
        ImagePolicy one = Fixtures.policy(authorities);
        return new ImagePolicy(
                one.name(),
                one.namespace(),
                one.images(),
                one.namespaces(),
                one.mode(),
                one.onUnavailable(),
                one.authorities(),
                threshold,
                null,
                one.contentDigest() + threshold);
    }

    private static Authority keptIn(String name, SigningKey key, Source source) {
        return new Authority.Key(
                name,
                List.of(new VerificationKey(key.keys().getPublic())),
                new Terms(List.of(source), Demands.NONE, List.of()));
    }

    private void bundle(SigningKey key) {
        byte[] statement = CosignSigner.statement(
                BUSYBOX, CosignSigner.SIGNATURE_PREDICATE, JsonNodeFactory.instance.objectNode());
        artifacts.bundle(BUSYBOX, CosignSigner.bundle("application/vnd.in-toto+json", statement, key));
    }
}
