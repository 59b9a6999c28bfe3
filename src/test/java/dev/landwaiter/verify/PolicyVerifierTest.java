package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.OTHER;
import static dev.landwaiter.verify.Fixtures.file;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.index;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static dev.landwaiter.verify.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PolicyVerifierTest {
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final SigningKey STRANGER = SigningKey.p256();
    private static final String FINGERPRINT =
            PublicKeys.fingerprint(RELEASE.keys().getPublic());
    private static final Digest AMD64 = Digest.sha256(new byte[] {1});
    private static final Digest ARM64 = Digest.sha256(new byte[] {2});
    private static final String IMAGE = "ghcr.io/acme/api@" + BUSYBOX;
    private static final String SIGN_IT = "cosign sign --key <key> " + IMAGE + ".";

    private final FakeArtifacts artifacts = new FakeArtifacts();
    private final PolicyVerifier verifier = Fixtures.verifier(artifacts);

    @Test
    void theOldFormVerifiesInTwoRounds() {
        simple(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(verified(Evidence.Format.COSIGN_SIMPLE, BUSYBOX));
        assertThat(artifacts.asked)
                .hasSize(3)
                .contains("manifest sha256-" + BUSYBOX.hex() + ".sig", "referrers " + BUSYBOX);
    }

    @Test
    void theNewFormVerifies() {
        bundle(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(verified(Evidence.Format.SIGSTORE_BUNDLE, BUSYBOX));
        assertThat(artifacts.asked).hasSize(4);
    }

    @Test
    @DisplayName("What cosign made verifies, through a fallback index that has its artifact type wrong")
    void cosignsBundleVerifies() {
        Index fallback = (Index) document("busybox.referrers-index.json");
        fallback.manifests().forEach(entry -> artifacts.referrer(BUSYBOX, entry));
        artifacts.put(fallback.manifests().getLast().digest().toString(), document("busybox.55f9036e.manifest.json"));
        Descriptor bundle = artifacts.blob(CosignSigner.BUNDLE, file("busybox.55f9036e.bundle.json"), Map.of());
        assertThat(formats(verify(image(BUSYBOX), policy(cosign())))).containsExactly(Evidence.Format.SIGSTORE_BUNDLE);
        assertThat(artifacts.asked).contains("blob " + bundle.digest());
    }

    @Test
    void cosignsOldFormVerifies() {
        artifacts.put("sha256-" + BUSYBOX.hex() + ".sig", document("busybox.sig-manifest.json"));
        Descriptor payload = artifacts.blob(MediaType.SIMPLE_SIGNING, file("busybox.payload.json"), Map.of());
        assertThat(formats(verify(image(BUSYBOX), policy(cosign())))).containsExactly(Evidence.Format.COSIGN_SIMPLE);
        assertThat(artifacts.asked).contains("blob " + payload.digest());
    }

    @Test
    void bothFormsAreLookedForAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        artifacts.before(request -> {
            both.countDown();
            await(both);
        });
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    void everyAuthorityThatPassesIsEvidence() {
        simple(BUSYBOX, RELEASE);
        bundle(BUSYBOX, STRANGER);
        ImagePolicy policy = policy(
                key("qa", SigningKey.rsa(2048)),
                key("release", RELEASE),
                new Authority.StaticFail("never", "no"),
                key("audit", STRANGER));
        assertThat(verify(image(BUSYBOX), policy))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::authority)
                                .containsExactly("release", "audit"));
    }

    @Test
    void oneOfManySignaturesIsEnough() {
        for (int i = 0; i < 5; i++) {
            simple(BUSYBOX, SigningKey.p256());
            bundle(BUSYBOX, SigningKey.ed25519ph());
        }
        bundle(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    void anUnsignedImageIsToldHowToBeSigned() {
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_MISSING,
                        "Could not find a signature of " + IMAGE + ": there is none under its tag sha256-"
                                + BUSYBOX.hex().substring(0, 12) + "….sig nor among its referrers. Sign it: "
                                + SIGN_IT));
    }

    @Test
    void anotherKeysSignatureIsInvalid() {
        simple(BUSYBOX, STRANGER);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE
                                + ": 1 signature was found, but it is not by the key of authority \"release\" ("
                                + FINGERPRINT + "). Sign it with a key that the policy names: " + SIGN_IT));
    }

    @Test
    void severalKeysAndSignaturesAreTold() {
        simple(BUSYBOX, STRANGER);
        bundle(BUSYBOX, STRANGER);
        SigningKey other = SigningKey.ed25519();
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE), key("qa", other))))
                        .message())
                .startsWith("Could not verify " + IMAGE
                        + ": 2 signatures were found, but none is by the key of authority \"release\" (" + FINGERPRINT
                        + ") or authority \"qa\" ("
                        + PublicKeys.fingerprint(other.keys().getPublic()) + ").");
    }

    @Test
    void aKeylessSignatureIsToldApart() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .message())
                .contains("(" + FINGERPRINT + "): it was made with a certificate (keyless).");
    }

    @Test
    @Tag("attack-22")
    @DisplayName("Attack 22: a good signature of another image is refused, in both forms")
    void aGoodSignatureOfAnotherImageIsRefused() {
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", OTHER);
        artifacts.simple(BUSYBOX, payload, RELEASE.sign(payload));
        artifacts.bundle(BUSYBOX, bundleFor(OTHER, RELEASE));
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 2 signatures were found, but the one in tag sha256-"
                                + BUSYBOX.hex() + ".sig is for another digest, " + OTHER
                                + ". Sign it with a key that the policy names: " + SIGN_IT));
    }

    @Test
    @Tag("attack-22")
    @DisplayName("Attack 22: a referrer whose manifest refers to another image is not looked into")
    void aReferrerOfAnotherImageIsIgnored() {
        Descriptor bundle = artifacts.blob(CosignSigner.BUNDLE, bundleFor(BUSYBOX, RELEASE), Map.of());
        artifacts.refer(BUSYBOX, OTHER, CosignSigner.BUNDLE, Map.of(), bundle);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    @Tag("attack-16")
    @DisplayName("Attack 16: an attestation signed by the right key does not stand for a signature")
    void anAttestationDoesNotStandForASignature() {
        byte[] statement =
                CosignSigner.statement(BUSYBOX, "https://slsa.dev/provenance/v1", new JsonMapper().createObjectNode());
        artifacts.bundle(BUSYBOX, CosignSigner.bundle("application/vnd.in-toto+json", statement, RELEASE));
        Verdict.Rejected rejected = rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))));
        assertThat(rejected.code()).isEqualTo(Code.SIGNATURE_MISSING);
        assertThat(rejected.message())
                .contains("nor among its referrers (only an attestation of type \"https://slsa.dev/provenance/v1\").");
    }

    @Test
    void theArtifactTypeOfADescriptorChoosesNothing() {
        Descriptor bundle = artifacts.blob(CosignSigner.BUNDLE, bundleFor(BUSYBOX, RELEASE), Map.of());
        artifacts.refer(BUSYBOX, BUSYBOX, "application/spdx+json", Map.of(), bundle);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    void theOldFormsPayloadCountsAmongReferrersToo() {
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", BUSYBOX);
        String signature = java.util.Base64.getEncoder().encodeToString(RELEASE.sign(payload));
        Descriptor layer = artifacts.blob(
                MediaType.SIMPLE_SIGNING, payload, Map.of(FakeArtifacts.SIGNATURE_ANNOTATION, signature));
        artifacts.refer(BUSYBOX, BUSYBOX, "application/vnd.dev.cosign.artifact.sig.v1+json", Map.of(), layer);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(verified(Evidence.Format.COSIGN_SIMPLE, BUSYBOX));
    }

    @Test
    @Tag("attack-2")
    @DisplayName("Attack 2: a huge signature is refused by its limit, and another one still counts")
    void aHugeSignatureIsRefused() {
        artifacts.bundle(BUSYBOX, new byte[(4 << 20) + 1]);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.LIMIT_EXCEEDED);
        simple(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-2")
    @DisplayName("Attack 2: many large signatures are read only until their common limit")
    void manyLargeSignaturesAreReadOnlyUntilTheirCommonLimit() {
        for (int i = 0; i < 60; i++) {
            byte[] large = new byte[1 << 20];
            large[0] = (byte) i;
            artifacts.bundle(BUSYBOX, large);
        }
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE)))))
                .isEqualTo(new Verdict.Rejected(
                        Code.LIMIT_EXCEEDED,
                        Limits.defaults()
                                .exceeded(Limit.SIGNATURES_BYTES, "all signatures of " + IMAGE)
                                .message()));
        assertThat(artifacts.asked.stream()
                        .filter(request -> request.startsWith("blob"))
                        .count())
                .isLessThanOrEqualTo(16 + 8 + 1);
    }

    @Test
    @Tag("attack-7")
    @DisplayName("Attack 7: of very many signatures a limited number is read, and the image refused")
    void ofVeryManySignaturesALimitedNumberIsRead() {
        for (int i = 0; i < 300; i++) {
            bundle(BUSYBOX, STRANGER);
            byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api" + i, BUSYBOX);
            artifacts.simple(BUSYBOX, payload, STRANGER.sign(payload));
        }
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(
                        new Verdict.Rejected(
                                Code.LIMIT_EXCEEDED,
                                "Could not read all signatures of " + IMAGE
                                        + ": it exceeds the limit 'signatures' of 64 signatures. If it is meant to be that large, raise the setting --limit signatures=…."));
        assertThat(artifacts.asked).hasSizeLessThanOrEqualTo(2 + 64 + 64 + 64);
    }

    @Test
    @Tag("attack-7")
    @DisplayName("Attack 7: a manifest of very many bundles is no way around the limit")
    void aManifestOfVeryManyBundlesIsNoWayAroundTheLimit() {
        for (int i = 0; i < 10; i++) {
            Descriptor[] layers = IntStream.range(0, 50)
                    .mapToObj(n -> artifacts.blob(
                            CosignSigner.BUNDLE, ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8), Map.of()))
                    .toArray(Descriptor[]::new);
            artifacts.refer(BUSYBOX, BUSYBOX, "", Map.of("n", "" + i), layers);
        }
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.LIMIT_EXCEEDED);
        assertThat(artifacts.asked).hasSizeLessThanOrEqualTo(2 + 10 + 64);
    }

    @Test
    @Tag("attack-7")
    @DisplayName("Attack 7: a signature is found however many other things refer to the image")
    void aSignatureIsFoundHoweverManyOtherThingsReferToTheImage() {
        for (int i = 0; i < 300; i++) {
            artifacts.refer(BUSYBOX, BUSYBOX, "application/spdx+json", Map.of("n", "" + i));
            artifacts.refer(
                    BUSYBOX,
                    BUSYBOX,
                    CosignSigner.BUNDLE,
                    Map.of("dev.sigstore.bundle.predicateType", "https://slsa.dev/provenance/v1", "n", "" + i));
        }
        bundle(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-7")
    @DisplayName("Attack 7: fifteen keys in three policies cost no more requests than one key")
    void fifteenKeysCostNoMoreRequestsThanOne() {
        bundle(BUSYBOX, RELEASE);
        List<Authority> keys = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            keys.add(key("key-" + i, SigningKey.p256()));
        }
        keys.add(key("release", RELEASE));
        for (int i = 0; i < 3; i++) {
            assertThat(verify(image(BUSYBOX), policy(keys.toArray(Authority[]::new))))
                    .isInstanceOf(Verdict.Verified.class);
        }
        assertThat(artifacts.asked).hasSize(4);
    }

    @Test
    void whatWasFoundForOneCredentialIsNotTakenForAnother() {
        bundle(BUSYBOX, RELEASE);
        ImagePolicy policy = policy(key("release", RELEASE));
        assertThat(verifier.verify(image(BUSYBOX), policy, Fixtures.user("ann"), soon()))
                .isInstanceOf(Verdict.Verified.class);
        artifacts.fail("", Code.REGISTRY_FORBIDDEN);
        assertThat(rejected(verifier.verify(image(BUSYBOX), policy, Fixtures.user("bob"), soon()))
                        .code())
                .isEqualTo(Code.REGISTRY_FORBIDDEN);
    }

    @Test
    void aSourceThatCouldNotBeAskedIsNotUnsigned() {
        simple(BUSYBOX, STRANGER);
        artifacts.fail("referrers", Code.REGISTRY_UNAVAILABLE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Unavailable(
                        Code.REGISTRY_UNAVAILABLE, "Could not referrers " + BUSYBOX + ": REGISTRY_UNAVAILABLE."));
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: a rate limit, which a tenant can use up, is no reason to admit")
    void aRateLimitRefuses() {
        simple(BUSYBOX, STRANGER);
        artifacts.fail("referrers", Code.REGISTRY_RATE_LIMITED);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.REGISTRY_RATE_LIMITED);
    }

    @Test
    @DisplayName("A way to list referrers that fails does not matter where the other lists the signature")
    void oneWayToListReferrersThatFailsDoesNotMatterWhereTheOtherHasTheSignature() {
        artifacts.failOneWay(Code.REGISTRY_FORBIDDEN);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.REGISTRY_FORBIDDEN);
        bundle(BUSYBOX, RELEASE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName(
            "A document of a kind that can hold no signature is passed over, in the list of referrers and under a tag")
    void whatCanHoldNoSignatureIsPassedOver() {
        String artifact = "application/vnd.oci.artifact.manifest.v1+json";
        artifacts.referrer(BUSYBOX, Descriptor.of(artifact, OTHER, 1));
        // of another kind than its list says, and the like under the tag
        artifacts.referrer(BUSYBOX, Descriptor.of(MediaType.OCI_MANIFEST, ARM64, 1));
        artifacts.fail("manifest", Code.MEDIA_TYPE_UNSUPPORTED);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
        assertThat(artifacts.asked).doesNotContain("manifest " + OTHER);
    }

    @Test
    void aSourceThatCouldNotBeAskedDoesNotMatterWhereTheOtherVerifies() {
        simple(BUSYBOX, RELEASE);
        artifacts.fail("referrers", Code.REGISTRY_UNAVAILABLE);
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName("A source that hangs until the deadline does not hide a signature that the other had")
    void aSourceThatHangsDoesNotHideASignature() {
        simple(BUSYBOX, RELEASE);
        artifacts.hang("referrers");
        assertThat(verifier.verify(
                        image(BUSYBOX), policy(key("release", RELEASE)), ANYBODY, Deadline.in(Duration.ofMillis(500))))
                .isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-10")
    @DisplayName(
            "Attack 10: a registry that never answers holds a verdict up only until the deadline, and no request is left behind")
    void aRegistryThatNeverAnswersHoldsAVerdictUpOnlyUntilTheDeadline() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(2);
        artifacts.before(request -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IllegalStateException(e);
            }
        });
        assertThat(verifier.verify(
                        image(BUSYBOX), policy(key("release", RELEASE)), ANYBODY, Deadline.in(Duration.ofMillis(200))))
                .isEqualTo(
                        new Verdict.Unavailable(
                                Code.DEADLINE_EXCEEDED,
                                "Could not finish the search for signatures of " + IMAGE
                                        + ": the time for this request ran out. Try again, or raise the webhook's timeoutSeconds."));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatATenantCanCauseIsARefusalInTheRegistrysWords() {
        bundle(BUSYBOX, RELEASE);
        artifacts.fail("blob", Code.DIGEST_MISMATCH);
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.DIGEST_MISMATCH);
    }

    @Test
    void aMistakeOfOurOwnIsARefusal() {
        artifacts.before(request -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                .isEqualTo(
                        new Verdict.Rejected(
                                Code.INTERNAL_ERROR,
                                "Could not finish the work: an internal error (IllegalStateException). Please report it with the log's stack trace."));
    }

    @Test
    void aStaticPassAsksNoRegistry() {
        Verdict verdict = verify(
                image(BUSYBOX),
                policy(key("release", RELEASE), new Authority.StaticPass("all"), new Authority.StaticFail("none", "")));
        assertThat(verdict).isEqualTo(new Verdict.Verified(List.of(Evidence.ofStatic("all"))));
        assertThat(artifacts.asked).isEmpty();
    }

    @Test
    void aStaticFailRefusesInItsOwnWordsAndAsksNoRegistry() {
        assertThat(verify(image(BUSYBOX), policy(new Authority.StaticFail("none", "this registry is closed"))))
                .isEqualTo(new Verdict.Rejected(Code.STATIC_FAIL, "this registry is closed"));
        assertThat(artifacts.asked).isEmpty();
    }

    @Test
    void aBrokenPolicyRefusesWhateverItSays() {
        ImagePolicy good = policy(new Authority.StaticPass("all"));
        ImagePolicy broken = new ImagePolicy(
                good.name(),
                good.namespace(),
                good.images(),
                good.namespaces(),
                good.mode(),
                good.onUnavailable(),
                good.authorities(),
                1,
                "spec.authorities[1] is empty",
                "digest");
        assertThat(verify(image(BUSYBOX), broken))
                .isEqualTo(
                        new Verdict.Rejected(
                                Code.POLICY_BROKEN,
                                "the policy can't be applied as written: spec.authorities[1] is empty. Ask a cluster admin to fix it."));
    }

    @Test
    @Tag("attack-21")
    @DisplayName("Attack 21: an index that is signed itself is verified, and its manifests are not asked about")
    void anIndexThatIsSignedItselfIsVerified() {
        simple(BUSYBOX, RELEASE);
        assertThat(verify(index(BUSYBOX, AMD64, ARM64), policy(key("release", RELEASE))))
                .isEqualTo(verified(Evidence.Format.COSIGN_SIMPLE, BUSYBOX));
        assertThat(artifacts.asked).hasSize(3);
    }

    @Test
    @Tag("attack-21")
    @DisplayName(
            "Attack 21: an index counts as signed where every manifest is that a node could select, and says which")
    void anIndexCountsAsSignedWhereEveryManifestIs() {
        simple(AMD64, RELEASE);
        bundle(ARM64, RELEASE);
        assertThat(verify(index(BUSYBOX, AMD64, ARM64), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Verified(List.of(
                        new Evidence("release", Evidence.Format.COSIGN_SIMPLE, AMD64, "key " + FINGERPRINT)
                                .ofManifest(),
                        new Evidence("release", Evidence.Format.SIGSTORE_BUNDLE, ARM64, "key " + FINGERPRINT)
                                .ofManifest())));
    }

    @Test
    @Tag("attack-21")
    @DisplayName(
            "Attack 21: an index of which one manifest alone is signed is refused, and the message says which is not")
    void anIndexOfWhichOneManifestIsSignedIsRefused() {
        simple(AMD64, RELEASE);
        assertThat(verify(index(BUSYBOX, AMD64, ARM64), policy(key("release", RELEASE))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_MISSING,
                        "Could not find a signature of " + IMAGE + ": there is none under its tag sha256-"
                                + BUSYBOX.hex().substring(0, 12) + "….sig nor among its referrers. Sign it: " + SIGN_IT
                                + " It is an index, and would count as signed too if every manifest in it were: of its 2 manifests 1 is not, the first being "
                                + ARM64 + "."));
    }

    @Test
    @Tag("attack-21")
    @DisplayName("Attack 21: an index in which a node could select nothing is not signed by that")
    void anIndexWithoutRunnableManifestsIsNotSignedByThat() {
        assertThat(rejected(verify(index(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    @Tag("attack-21")
    @DisplayName("Attack 21: a manifest's signature does not stand for the index, nor the index's for a manifest")
    void aManifestsSignatureDoesNotStandForTheIndex() {
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", AMD64);
        artifacts.simple(BUSYBOX, payload, RELEASE.sign(payload));
        assertThat(rejected(verify(index(BUSYBOX, AMD64), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_INVALID);
        simple(BUSYBOX, RELEASE);
        assertThat(rejected(verify(image(AMD64), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    void anIndexOfWhichOneManifestCouldNotBeAskedAboutIsUnavailableUnlessAnotherIsRefused() {
        simple(AMD64, RELEASE);
        artifacts.fail("referrers " + ARM64, Code.REGISTRY_TIMEOUT);
        ImagePolicy policy = policy(key("release", RELEASE));
        assertThat(verify(index(BUSYBOX, AMD64, ARM64), policy))
                .isInstanceOfSatisfying(
                        Verdict.Unavailable.class,
                        unavailable -> assertThat(unavailable.code()).isEqualTo(Code.REGISTRY_TIMEOUT));
        Digest s390x = Digest.sha256(new byte[] {3});
        assertThat(rejected(verify(index(BUSYBOX, AMD64, ARM64, s390x), policy)).code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    void whatIsUnderTheSignaturesTagMayBeAnythingAndIsThenNoSignature() {
        OciDocument index = index(OTHER, AMD64).document();
        artifacts.put("sha256-" + BUSYBOX.hex() + ".sig", index);
        artifacts.referrer(BUSYBOX, Descriptor.of(MediaType.OCI_INDEX, OTHER, 1));
        artifacts.referrer(BUSYBOX, Descriptor.of(MediaType.OCI_MANIFEST, ARM64, 1));
        assertThat(rejected(verify(image(BUSYBOX), policy(key("release", RELEASE))))
                        .code())
                .isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    void aDigestOfSha512IsLookedForAmongReferrersAlone() {
        Digest digest = new Digest("sha512", "ab".repeat(64));
        bundle(digest, RELEASE);
        assertThat(verify(image(digest), policy(key("release", RELEASE)))).isInstanceOf(Verdict.Verified.class);
    }

    private Verdict verify(Image image, ImagePolicy policy) {
        return verifier.verify(image, policy, ANYBODY, soon());
    }

    private static Authority cosign() {
        return key("cosign", text("cosign-key.pub"));
    }

    private static OciDocument document(String name) {
        byte[] content = file(name);
        return OciDocument.parse(content, Digest.sha256(content), "", Limits.defaults(), name);
    }

    private static List<Evidence.Format> formats(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Verified.class);
        return ((Verdict.Verified) verdict)
                .evidence().stream().map(Evidence::format).toList();
    }

    private static Verdict.Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return (Verdict.Rejected) verdict;
    }

    private static Verdict verified(Evidence.Format format, Digest signed) {
        return new Verdict.Verified(List.of(new Evidence("release", format, signed, "key " + FINGERPRINT)));
    }

    private void simple(Digest image, SigningKey key) {
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", image);
        artifacts.simple(image, payload, key.sign(payload));
    }

    private void bundle(Digest image, SigningKey key) {
        artifacts.bundle(image, bundleFor(image, key));
    }

    private static byte[] bundleFor(Digest image, SigningKey key) {
        byte[] statement =
                CosignSigner.statement(image, CosignSigner.SIGNATURE_PREDICATE, new JsonMapper().createObjectNode());
        return CosignSigner.bundle("application/vnd.in-toto+json", statement, key);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
