package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys whose signatures have to be in a transparency log, or bear a timestamp. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WitnessIT {
    private final Images images;
    private final Sigstore sigstore;
    private final SigningKey key;
    private final Tenant logged;
    private final Tenant stamped;
    private final Tenant stranger;

    WitnessIT(Session session) {
        images = session.images();
        sigstore = session.sigstore();
        key = images.key(KeyKind.ECDSA_P256);
        logged = session.tenant("logged");
        stamped = session.tenant("stamped");
        stranger = session.tenant("strange-log");
        String root = logged.trustRoot("private", sigstore.trustRoot());
        logged.policy("logged", policy("ctlog: {trustRootRef: " + root + "}"));
        stamped.policy("stamped", policy("rfc3161timestamp: {trustRootRef: " + root + "}"));
        String strangers = stranger.trustRoot("stranger", sigstore.trustRootOfAStranger());
        stranger.policy("logged", policy("ctlog: {trustRootRef: " + strangers + "}"));
    }

    private String policy(String demand) {
        return Policies.of("**/witness/*", Policies.key("release", key, demand));
    }

    @AfterAll
    void leave() {
        logged.close();
        stamped.close();
        stranger.close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aWitnessThatThePolicyAsksForMustBeThere(Witnessed form) {
        PushedImage image = images.push(Registry.WITH_REFERRERS_API, "witness/" + form.path() + ":1");
        sigstore.sign(image, key, form);

        if (form.logged()) {
            logged.admits(image);
        } else {
            assertThat(logged.denies(image)).contains("SIGNATURE_INVALID");
        }
        if (form.timestamped()) {
            stamped.admits(image);
        } else {
            assertThat(stamped.denies(image)).contains("SIGNATURE_INVALID");
        }
        assertThat(stranger.denies(image)).contains("SIGNATURE_INVALID");
    }

    @Test
    void aSignatureThatNobodyWitnessedIsDenied() {
        for (Signature form : Signature.values()) {
            PushedImage image =
                    images.pushSigned(Registry.WITHOUT_REFERRERS_API, "witness/none-" + form.path() + ":1", key, form);
            assertThat(logged.denies(image)).contains("SIGNATURE_INVALID");
            assertThat(stamped.denies(image)).contains("SIGNATURE_INVALID");
        }
    }
}
