package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys in a key service, which sign with another hash than cosign gives their kind. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HashAlgorithmIT {
    private static final List<KeyKind> KINDS = List.of(KeyKind.RSA_2048, KeyKind.ECDSA_P256);
    private static final List<String> HASHES = List.of("sha384", "sha512");

    private final Images images;
    private final Tenant said;
    private final Tenant unsaid;
    private final Tenant other;

    HashAlgorithmIT(Session session) {
        images = session.images();
        said = session.tenant("hash");
        unsaid = session.tenant("no-hash");
        other = session.tenant("other-hash");
        for (KeyKind kind : KINDS) {
            for (String hash : HASHES) {
                ServiceKey key = images.serviceKey(kind, hash);
                String wrong = hash.equals("sha512") ? "sha384" : "sha512";
                said.policy(kind.path() + "-" + hash, spec(kind, key, "hashAlgorithm: " + hash));
                unsaid.policy(kind.path() + "-" + hash, spec(kind, key, ""));
                other.policy(kind.path() + "-" + hash, spec(kind, key, "hashAlgorithm: " + wrong));
            }
        }
    }

    private static String spec(KeyKind kind, ServiceKey key, String hash) {
        return Policies.of("**/hash/%s-%s/*".formatted(kind.path(), key.hash()), """
                name: service
                key:
                %s  data: |
                %s""".formatted(
                hash.isEmpty() ? "" : "  " + hash + "\n", key.publicPem().indent(4)));
    }

    @AfterAll
    void leave() {
        said.close();
        unsaid.close();
        other.close();
    }

    static Stream<Arguments> everyCombination() {
        return KINDS.stream()
                .flatMap(kind -> HASHES.stream()
                        .flatMap(hash -> Arrays.stream(Signature.values())
                                .filter(signature -> signature.program().equals("cosign"))
                                .map(signature -> Arguments.of(kind, hash, signature))));
    }

    @ParameterizedTest(name = "{0} with {1}, {2}")
    @MethodSource("everyCombination")
    void theHashThatThePolicyNamesAdmitsAndNoOther(KeyKind kind, String hash, Signature signature) {
        ServiceKey key = images.serviceKey(kind, hash);
        String repository = "hash/%s-%s/%s:1".formatted(kind.path(), hash, signature.path());
        PushedImage image = images.push(Registry.WITH_REFERRERS_API, repository);
        images.sign(image, key, signature);

        said.admits(image);
        assertThat(unsaid.denies(image))
                .contains("SIGNATURE_INVALID", "with %s, where the policy takes sha256".formatted(hash));
        assertThat(other.denies(image)).contains("SIGNATURE_INVALID", "hashAlgorithm: " + hash);
    }
}
