package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.TrustedRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who signs without a key, and whose word counts for it. */
class KeylessPolicyTest {
    private static final String IDENTITY = "identities: [{issuer: 'https://issuer.test', subject: alice@acme.test}]";
    private static final TrustedRoot PRIVATE = TrustedRoot.parse(json(), "the test's");

    private final FakeMaterials materials = new FakeMaterials();
    private final PolicyReader reader = new PolicyReader(materials, "landwaiter");

    KeylessPolicyTest() {
        materials.trustRoot(new TrustRoot("private", "t1", PRIVATE, null));
    }

    private static byte[] json() {
        try (InputStream in = KeylessPolicyTest.class.getResourceAsStream("/policy/trusted-root.json")) {
            assertThat(in).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Demands demands(String authority) {
        ImagePolicy policy = reader.read(Yaml.policyOf(authority));
        assertThat(policy.problem()).isNull();
        return ((Authority.Signing) policy.authorities().getFirst()).terms().demands();
    }

    private static Demands of(
            Optional<TrustedRoot> certificates, Optional<TrustedRoot> log, Optional<TrustedRoot> times) {
        return new Demands(certificates, log, times);
    }

    @Test
    void thePublicGoodInstanceIsTheDefaultAndItsLogIsTheWitness() {
        Optional<TrustedRoot> publicGood = Optional.of(TrustedRoot.publicGood());

        assertThat(demands("{keyless: {%s}}".formatted(IDENTITY)))
                .isEqualTo(Demands.keyless(TrustedRoot.publicGood()))
                .isEqualTo(new Demands(publicGood, publicGood, Optional.empty(), true));
        assertThat(demands(
                        "{keyless: {url: 'https://fulcio.sigstore.dev', %s}, ctlog: {url: 'https://rekor.sigstore.dev/'}}"
                                .formatted(IDENTITY)))
                .isEqualTo(of(publicGood, publicGood, Optional.empty()));
    }

    @Test
    void aTimestampStandsInForTheLogUnlessBothAreAskedFor() {
        Optional<TrustedRoot> root = Optional.of(PRIVATE);
        String keyless = "keyless: {trustRootRef: private, %s}".formatted(IDENTITY);

        assertThat(demands("{%s}".formatted(keyless))).isEqualTo(Demands.keyless(PRIVATE));
        assertThat(demands("{%s, ctlog: {}}".formatted(keyless))).isEqualTo(of(root, root, Optional.empty()));
        assertThat(demands("{%s, rfc3161timestamp: {}}".formatted(keyless)))
                .isEqualTo(of(root, Optional.empty(), root));
        assertThat(demands("{%s, rfc3161timestamp: {}, ctlog: {url: 'https://rekor.acme.test'}}".formatted(keyless)))
                .isEqualTo(of(root, root, root));
    }

    @Test
    void eachWitnessMayBeOfAnotherInstance() {
        Optional<TrustedRoot> publicGood = Optional.of(TrustedRoot.publicGood());

        assertThat(demands("{keyless: {%s}, ctlog: {trustRootRef: private}}".formatted(IDENTITY)))
                .isEqualTo(of(publicGood, Optional.of(PRIVATE), Optional.empty()));
        assertThat(demands("{key: {data: %s}, ctlog: {}, rfc3161timestamp: {trustRootRef: private}}"
                        .formatted(Yaml.quoted(Yaml.KEY))))
                .isEqualTo(of(Optional.empty(), publicGood, Optional.of(PRIVATE)));
    }

    @Test
    void identitiesAreReadExactlyAndAsPatterns() {
        ImagePolicy policy = reader.read(
                Yaml.policyOf(
                        "{name: w, keyless: {insecureIgnoreSCT: false, identities: [{issuerRegExp: '^https://', subject: s, extensions: {buildTrigger: push}, extensionsRegExp: {sourceRepositoryRef: '^refs/tags/'}}]}}"));

        assertThat(policy.problem()).isNull();
        assertThat(((Authority.Keyless) policy.authorities().getFirst()).identities())
                .isEqualTo(List.of(new Identity(
                        new TextMatch.Search(Pattern.compile("^https://")),
                        new TextMatch.Exact("s"),
                        Map.of(
                                "buildTrigger", new TextMatch.Exact("push"),
                                "sourceRepositoryRef", new TextMatch.Search(Pattern.compile("^refs/tags/"))))));
    }

    @Test
    void anotherTrustRootOrOneMadeAgainNeverFindsOldVerdicts() {
        String authority = "{keyless: {trustRootRef: private, %s}}".formatted(IDENTITY);
        String before = reader.read(Yaml.policyOf(authority)).contentDigest();

        materials.trustRoot(new TrustRoot("private", "t1", TrustedRoot.publicGood(), null));
        assertThat(reader.read(Yaml.policyOf(authority)).contentDigest())
                .as("another content")
                .isNotEqualTo(before);
        materials.trustRoot(new TrustRoot("private", "t2", PRIVATE, null));
        assertThat(reader.read(Yaml.policyOf(authority)).contentDigest())
                .as("made again")
                .isNotEqualTo(before);
        materials.trustRoot(new TrustRoot("private", "t1", PRIVATE, null));
        assertThat(reader.read(Yaml.policyOf(authority)).contentDigest()).isEqualTo(before);
    }

    @Test
    void aPublicGoodRootThatWasRefreshedTakesEffectInAFolder(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("policy.yaml"),
                "{apiVersion: landwaiter.dev/v1alpha1, kind: ClusterImagePolicy, metadata: {name: p}, spec: {images: [{glob: a/b}], authorities: [{keyless: {%s}}]}}"
                        .formatted(IDENTITY));
        PolicyFolder policies = PolicyFolder.open(folder, reader, Limits.defaults());
        String before = policies.current().policies().getFirst().contentDigest();

        materials.publicGood(PRIVATE);
        assertThat(policies.reload()).as("no file changed").isFalse();
        policies.readAgain();

        assertThat(policies.problem()).isEmpty();
        assertThat(policies.current().policies().getFirst().contentDigest()).isNotEqualTo(before);
    }

    @Test
    void aPublicGoodRootThatWasRefreshedWhileAFileHadAMistakeTakesEffectOnceItIsMended(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("policy.yaml");
        String text =
                "{apiVersion: landwaiter.dev/v1alpha1, kind: ClusterImagePolicy, metadata: {name: p}, spec: {images: [{glob: a/b}], authorities: [{keyless: {%s}}]}}"
                        .formatted(IDENTITY);
        Files.writeString(file, text);
        PolicyFolder policies = PolicyFolder.open(folder, reader, Limits.defaults());
        String before = policies.current().policies().getFirst().contentDigest();
        Files.writeString(file, "{");
        materials.publicGood(PRIVATE);
        policies.readAgain();
        assertThat(policies.problem()).isPresent();

        Files.writeString(file, text);

        assertThat(policies.reload()).as("the files are as they were").isTrue();
        assertThat(policies.current().policies().getFirst().contentDigest()).isNotEqualTo(before);
        assertThat(policies.reload()).isFalse();
    }

    @Test
    void trustRootsAreReadFromTheObjectAndFromAConfigMap() {
        String text = new String(json(), StandardCharsets.UTF_8);
        materials.configMap("landwaiter/roots", "c1", Map.of("trusted_root.json", text, "other", ""));
        TrustRoot inPlace = reader.readTrustRoot(
                Yaml.tree("metadata: {name: private, uid: u1}\nspec: {trustedRoot: '%s'}".formatted(text)));
        TrustRoot mapped = reader.readTrustRoot(
                Yaml.tree("metadata: {name: private, uid: u1}\nspec: {configMapRef: {name: roots}}"));

        assertThat(inPlace.problem()).isNull();
        assertThat(mapped.problem()).isNull();
        assertThat(mapped.root()).isNotNull();
        assertThat(mapped.root().digest()).isEqualTo(PRIVATE.digest());
        assertThat(inPlace.uids()).isEqualTo("u1");
        assertThat(mapped.uids()).isEqualTo("u1 c1");
    }

    @Test
    void aTrustRootThatCanNotBeUsedSaysWhyAndBreaksItsPolicies() {
        assertThat(trustRoot("{sigstoreKeys: {}}").problem())
                .isEqualTo(
                        "spec.sigstoreKeys is not supported by this version: put the instance's trusted_root.json ('cosign trusted-root create' writes one) into trustedRoot; spec needs exactly one of trustedRoot and configMapRef");
        assertThat(trustRoot("{configMapRef: {name: roots, namespace: shop}}").problem())
                .isEqualTo(
                        "spec.configMapRef.namespace is \"shop\": Secrets and ConfigMaps are read from the webhook's own namespace alone, \"landwaiter\"");
        TrustRoot broken = trustRoot("{trustedRoot: '{}'}");
        assertThat(broken.problem()).contains("TrustRoot \"private\"");
        assertThat(broken.root()).isNull();

        materials.trustRoot(broken);
        ImagePolicy policy = reader.read(Yaml.policyOf("{keyless: {trustRootRef: private, %s}}".formatted(IDENTITY)));
        assertThat(policy.problem())
                .isEqualTo("spec.authorities[0].keyless.trustRootRef names TrustRoot \"private\", which is broken: "
                        + broken.problem());
    }

    private TrustRoot trustRoot(String spec) {
        return reader.readTrustRoot(Yaml.tree("metadata: {name: private}\nspec: " + spec));
    }
}
