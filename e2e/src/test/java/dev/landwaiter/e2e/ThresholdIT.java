package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How many of several authorities have to pass. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThresholdIT {
    private static final String ALICE = "alice@e2e.test";

    private final Images images;
    private final Sigstore sigstore;
    private final Tenant tenant;
    private final SigningKey first;
    private final SigningKey second;

    ThresholdIT(Session session) {
        images = session.images();
        sigstore = session.sigstore();
        tenant = session.tenant("threshold");
        first = images.key(KeyKind.ECDSA_P256);
        second = images.newKey(KeyKind.ECDSA_P256);
        String root = tenant.trustRoot("private", sigstore.trustRoot());
        String alice = Policies.keyless("alice", root, Policies.exactly(sigstore.issuer(), ALICE));
        tenant.policy(
                "two",
                "threshold: 2\n"
                        + Policies.of("**/two/*", Policies.key("first", first), Policies.key("second", second)));
        tenant.policy("mixed", "threshold: 2\n" + Policies.of("**/mixed/*", Policies.key("first", first), alice));
        tenant.policy("either", Policies.of("**/either/*", Policies.key("first", first), alice));
    }

    @AfterAll
    void leave() {
        tenant.close();
    }

    private PushedImage signedByFirst(String repository) {
        return images.pushSigned(Registry.WITH_REFERRERS_API, repository, first, Signature.COSIGN_3_BUNDLE);
    }

    private void awaitAdmission(PushedImage image) {
        Await.until("it is admitted once both have signed", () -> tenant.tried(image), result -> result.exit() == 0);
    }

    @Test
    void oneSignatureOfTwoIsNotEnoughAndBothAre() {
        PushedImage image = signedByFirst("two/api:1");
        assertThat(tenant.denies(image)).contains("\"second\"", "2");

        images.sign(image, second, Signature.COSIGN_3_BUNDLE);
        awaitAdmission(image);
        assertThat(tenant.admits(image).path("signers").toString()).contains(first.signer(), second.signer());
    }

    @Test
    void theSameKeyTwiceIsOneOfTwo() {
        PushedImage image = signedByFirst("two/twice:1");
        images.sign(image, first, Signature.COSIGN_2_OLD_FORM);
        assertThat(tenant.denies(image)).contains("\"second\"");
    }

    @Test
    void aKeyAndAnIdentityTogether() {
        PushedImage image = signedByFirst("mixed/api:1");
        assertThat(tenant.denies(image)).contains("\"alice\"");

        sigstore.sign(image, sigstore.identity(ALICE), Witnessed.COSIGN_3_REKOR_2);
        awaitAdmission(image);
        assertThat(tenant.admits(image).path("signers").toString()).contains(first.signer(), ALICE);
    }

    @Test
    void aKeyOrAnIdentity() {
        tenant.admits(signedByFirst("either/key:1"));
        PushedImage keyless = images.push(Registry.WITHOUT_REFERRERS_API, "either/keyless:1");
        assertThat(tenant.denies(keyless)).contains("SIGNATURE_MISSING");
        sigstore.sign(keyless, sigstore.identity(ALICE), Witnessed.COSIGN_3_REKOR_1);
        awaitAdmission(keyless);
    }
}
