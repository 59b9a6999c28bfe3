package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Alters what cosign recorded, one field at a time, in every place: nothing that was altered is accepted, but for the hints, which are listed
 * with the reason why they need no protection.
 */
class MutationTest {
    private static final BundleVerifier VERIFIER = new BundleVerifier(() -> Instant.parse("2026-11-21T00:00:00Z"));

    /** Fields that nothing rests on. */
    private static final Map<String, String> HINTS = Map.of(
            "/dev.sigstore.cosign~1chain", "the trust root brings the chain",
            "/verificationMaterial/publicKey/hint", "the policy names the key",
            "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp",
                    "the response's own status, and the version and algorithm fields of CMS around the signed part");

    private static List<String> accepted(ObjectNode document, Function<ObjectNode, Optional<Proof>> verify) {
        assertThat(verify.apply(document)).as("unaltered").isPresent();
        List<String> accepted = new ArrayList<>();
        for (Mutations.Mutation mutation : Mutations.of(document)) {
            try {
                if (verify.apply(mutation.document()).isPresent()) {
                    accepted.add(mutation.field());
                }
            } catch (Failure e) {
                // refused, as it should be
            }
        }
        return accepted;
    }

    private static Set<String> fields(List<String> accepted) {
        return new TreeSet<>(accepted);
    }

    @Test
    void keylessWithRekorV2() {
        List<String> accepted =
                accepted(Recorded.json("keyless.bcbeca3d.bundle.json"), json -> byCertificate(Recorded.bundle(json)));
        assertThat(HINTS.keySet()).containsAll(fields(accepted));
    }

    @Test
    void keylessWithRekorV1() {
        List<String> accepted = accepted(
                Recorded.json("legacy-sid.4d6a56b6.bundle.json"), json -> byCertificate(Recorded.bundle(json)));
        assertThat(fields(accepted)).isEmpty();
    }

    @Test
    void keylessInTheOldForm() {
        ObjectNode annotations = Recorded.JSON.valueToTree(Recorded.annotations("legacy-trixie"));
        List<String> accepted = accepted(annotations, json -> byCertificate(legacy(json)));
        assertThat(fields(accepted)).containsExactly("/dev.sigstore.cosign~1chain");
    }

    /** The log's bundle is a document within the annotation. */
    @Test
    void theLogEntryOfTheOldForm() throws Exception {
        Map<String, String> annotations = new TreeMap<>(Recorded.annotations("legacy-trixie"));
        ObjectNode bundle = (ObjectNode) Recorded.JSON.readTree(annotations.get("dev.sigstore.cosign/bundle"));
        List<String> accepted = accepted(bundle, json -> {
            annotations.put("dev.sigstore.cosign/bundle", json.toString());
            return byCertificate(legacy(Recorded.JSON.valueToTree(annotations)));
        });
        assertThat(fields(accepted)).isEmpty();
    }

    @Test
    void thePayloadOfTheOldForm() {
        byte[] payload = Recorded.file("legacy-trixie.payload.json");
        for (int i = 0; i < payload.length; i++) {
            byte[] altered = payload.clone();
            altered[i] ^= 1;
            Bundle bundle =
                    Bundle.ofAnnotations(altered, Recorded.annotations("legacy-trixie"), Limits.defaults(), "it");
            assertThat(refused(bundle)).as("byte " + i).isTrue();
        }
    }

    private static boolean refused(Bundle bundle) {
        try {
            return byCertificate(bundle).isEmpty();
        } catch (Failure e) {
            return true;
        }
    }

    private static Optional<Proof> byCertificate(Bundle bundle) {
        return Optional.of(VERIFIER.byCertificate(bundle, Recorded.LOGGED));
    }

    @Test
    void byKey() {
        PublicKey key = Recorded.key("cosign-key.pub");
        List<String> accepted = accepted(
                Recorded.json("busybox.55f9036e.bundle.json"),
                json -> VERIFIER.byKey(Recorded.bundle(json), key, Demands.NONE));
        assertThat(fields(accepted)).containsExactly("/verificationMaterial/publicKey/hint");
    }

    private static Bundle legacy(ObjectNode annotations) {
        return Bundle.ofAnnotations(
                Recorded.file("legacy-trixie.payload.json"),
                Recorded.JSON.convertValue(annotations, new TypeReference<>() {}),
                Limits.defaults(),
                "it");
    }
}
