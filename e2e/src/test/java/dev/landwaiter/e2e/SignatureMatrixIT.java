package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of key, by cosign 3 and 2, in both forms, in both kinds of registry: right key and wrong key. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignatureMatrixIT {
    private final Images images;
    private final Tenant right;
    private final Tenant wrong;

    SignatureMatrixIT(Session session) {
        images = session.images();
        right = session.tenant("right-key");
        wrong = session.tenant("wrong-key");
        for (KeyKind kind : KeyKind.values()) {
            right.policy(kind.path(), spec(kind, images.key(kind)));
            wrong.policy(kind.path(), spec(kind, images.newKey(kind)));
        }
    }

    private String spec(KeyKind kind, SigningKey key) {
        return Tenant.signedBy("**/matrix/" + kind.path() + "/*", key);
    }

    @AfterAll
    void leave() {
        right.close();
        wrong.close();
    }

    static Stream<Arguments> everyCombination() {
        return Arrays.stream(KeyKind.values())
                .flatMap(kind -> Arrays.stream(Signature.values())
                        .flatMap(signature -> Arrays.stream(Registry.values())
                                .map(registry -> Arguments.of(kind, signature, registry))));
    }

    @ParameterizedTest(name = "{0}, {1}, in {2}")
    @MethodSource("everyCombination")
    void theRightKeyAdmitsAndPinsAndAnotherKeyOfTheSameKindIsDenied(
            KeyKind kind, Signature signature, Registry registry) {
        String repository = "matrix/%s/%s:1".formatted(kind.path(), signature.path());
        PushedImage image = images.pushSigned(registry, repository, images.key(kind), signature);

        Command.Result admitted = right.create(right.pod("right", image.reference()), "--dry-run=server", "-o", "json");
        assertThat(admitted.exit()).as(admitted.err()).isZero();
        assertThat(admitted.err()).isEmpty();
        JsonNode pod = Cluster.parse(admitted.out());
        assertThat(pod.at("/spec/containers/0/image").asText()).isEqualTo(image.pinned());
        assertThat(Records.of(pod).path("containers/main"))
                .isEqualTo(Records.verified(image, right.namespace() + "-" + kind.path(), images.key(kind)));

        Command.Result denied = wrong.create(wrong.pod("wrong", image.reference()), "--dry-run=server");
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("SIGNATURE_INVALID", image.reference());
    }
}
