package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.Signer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorityReaderTest {
    private final FakeMaterials materials = new FakeMaterials();
    private final PolicyReader reader = new PolicyReader(materials, "landwaiter");

    private ImagePolicy read(String authority) {
        return reader.read(Yaml.policyOf(authority));
    }

    private static JsonNode namespaced(String namespace, String authority) {
        return Yaml.tree(
                "kind: ImagePolicy\nmetadata: {name: p, namespace: %s}\nspec: {images: [{glob: a/b}], authorities: [%s]}"
                        .formatted(namespace, authority));
    }

    @Test
    void severalKeysInOneAuthorityCanTakeEachOthersPlace() {
        ImagePolicy policy = read("{name: release, key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY + Yaml.OTHER_KEY)));

        assertThat(policy.problem()).isNull();
        assertThat(policy.authorities())
                .containsExactly(new Authority.Key(
                        "release", VerificationKey.parseAll(Yaml.KEY + Yaml.OTHER_KEY, "both"), Terms.PLAIN));
    }

    @Test
    void aKeyThatIsCutShortAmongOthersIsNotPassedOver() {
        ImagePolicy policy =
                read("{key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY + "-----BEGIN PUBLIC KEY-----\nMFkw\n")));

        assertThat(policy.problem())
                .isEqualTo(
                        "Could not read the public key of spec.authorities[0].key.data: one of its PEM blocks is cut short. Expected: a PEM block \"-----BEGIN PUBLIC KEY-----\", as cosign.pub holds, for each key.");
    }

    @Test
    void keysOfSecretsAndConfigMapsAreThoseOfTheWebhooksNamespace() {
        materials
                .secret("landwaiter/release", "s1", Map.of("cosign.pub", Yaml.KEY, "cosign.key", "private"))
                .configMap("landwaiter/keys", "c1", Map.of("only", Yaml.OTHER_KEY));

        assertThat(read("{key: {secretRef: {name: release}}}").authorities())
                .isEqualTo(read("{key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY)))
                        .authorities());
        assertThat(read("{key: {configMapRef: {name: keys, namespace: landwaiter}}}")
                        .authorities())
                .isEqualTo(read("{key: {data: %s}}".formatted(Yaml.quoted(Yaml.OTHER_KEY)))
                        .authorities());
    }

    @Test
    @Tag("attack-44")
    @DisplayName("Attack 44: a policy never reads a Secret or ConfigMap of another namespace than its own")
    void noOtherNamespaceIsRead() {
        materials
                .secret("shop/release", "s1", Map.of("cosign.pub", Yaml.KEY))
                .secret("landwaiter/release", "s2", Map.of("cosign.pub", Yaml.KEY));

        assertThat(read("{key: {secretRef: {name: release, namespace: shop}}}").problem())
                .isEqualTo(
                        "spec.authorities[0].key.secretRef.namespace is \"shop\": Secrets and ConfigMaps are read from the webhook's own namespace alone, \"landwaiter\"");
        assertThat(reader.read(namespaced("bakery", "{key: {secretRef: {name: release, namespace: shop}}}"))
                        .problem())
                .isEqualTo(
                        "spec.authorities[0].key.secretRef.namespace is \"shop\": an ImagePolicy's Secrets and ConfigMaps are read from its own namespace alone, \"bakery\"");
        assertThat(reader.read(namespaced("bakery", "{key: {secretRef: {name: release}}}"))
                        .problem())
                .isEqualTo(
                        "spec.authorities[0].key.secretRef can't be followed: could not read Secret \"bakery/release\": it does not exist; create it, or name another");
        assertThat(read("{key: {secretRef: {name: ../../shop/secrets/release}}}")
                        .problem())
                .isEqualTo(
                        "spec.authorities[0].key.secretRef.name is \"../../shop/secrets/release\", which is not a valid name of an object");
        assertThat(reader.read(namespaced("shop", "{key: {secretRef: {name: release}}}"))
                        .problem())
                .isNull();
    }

    @Test
    @Tag("attack-45")
    @DisplayName("Attack 45: what a namespaced policy refers to for itself stays in its namespace")
    void pullSecretsOfANamespacedPolicyAreOfItsNamespace() {
        ImagePolicy policy = reader.read(namespaced(
                "shop",
                "{key: {data: %s}, source: [{oci: r.test/signatures, signaturePullSecrets: [{name: pull}]}]}"
                        .formatted(Yaml.quoted(Yaml.KEY))));

        assertThat(policy.problem()).isNull();
        assertThat(((Authority.Key) policy.authorities().getFirst()).terms().sources())
                .containsExactly(new Source("r.test/signatures", "shop", List.of("pull"), null));
        assertThat(policy.title()).isEqualTo("ImagePolicy \"shop/p\"");
        assertThat(policy.clusterScoped()).isFalse();
    }

    @Test
    void aKeyThatIsChangedOrMadeAgainNeverFindsOldVerdicts() {
        materials.secret("landwaiter/release", "s1", Map.of("cosign.pub", Yaml.KEY));
        String before = read("{key: {secretRef: {name: release}}}").contentDigest();
        assertThat(read("{key: {secretRef: {name: release}}}").contentDigest()).isEqualTo(before);

        materials.secret("landwaiter/release", "s2", Map.of("cosign.pub", Yaml.KEY));
        assertThat(read("{key: {secretRef: {name: release}}}").contentDigest())
                .as("deleted and made again")
                .isNotEqualTo(before);
        materials.secret("landwaiter/release", "s1", Map.of("cosign.pub", Yaml.OTHER_KEY));
        assertThat(read("{key: {secretRef: {name: release}}}").contentDigest())
                .as("another key")
                .isNotEqualTo(before);
        String authority = "{key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY));
        assertThat(reader.read(Yaml.tree(
                                "metadata: {name: p, uid: u1}\nspec: {images: [{glob: a/b}], authorities: [%s]}"
                                        .formatted(authority)))
                        .contentDigest())
                .as("the policy itself made again")
                .isNotEqualTo(reader.read(Yaml.tree(
                                "metadata: {name: p, uid: u2}\nspec: {images: [{glob: a/b}], authorities: [%s]}"
                                        .formatted(authority)))
                        .contentDigest());
    }

    @Test
    void aSecretWithoutTheKeySaysWhichOnesItHas() {
        materials.secret("landwaiter/release", "s1", Map.of("a", Yaml.KEY, "b", Yaml.KEY));

        assertThat(read("{key: {secretRef: {name: release}}}").problem())
                .isEqualTo(
                        "spec.authorities[0].key.secretRef can't be followed: Secret \"landwaiter/release\" has no key \"cosign.pub\"; it has \"a\", \"b\". Name one of them in spec.authorities[0].key.secretRef.key");
        assertThat(read("{key: {secretRef: {name: release, key: b}}}").problem())
                .isNull();
    }

    @Test
    void aHashAlgorithmIsWithWhichTheKeysSign() {
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            ImagePolicy policy =
                    read("{key: {data: %s, hashAlgorithm: %s}}".formatted(Yaml.quoted(Yaml.KEY), hash.text()));
            assertThat(policy.problem()).isNull();
            assertThat(((Authority.Key) policy.authorities().getFirst()).keys())
                    .extracting(VerificationKey::hash)
                    .containsExactly(hash);
        }
        assertThat(((Authority.Key) read("{key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY)))
                                .authorities()
                                .getFirst())
                        .keys())
                .extracting(VerificationKey::hash)
                .containsExactly((HashAlgorithm) null);
    }

    @Test
    void aHashAlgorithmThatCannotBeIsToldWithWhatCan() {
        String key = "{key: {data: %s, hashAlgorithm: %s}}";

        assertThat(read(key.formatted(Yaml.quoted(Yaml.KEY), "sha224")).problem())
                .isEqualTo(
                        "spec.authorities[0].key.hashAlgorithm is \"sha224\"; it takes one of sha256, sha384, sha512");
        assertThat(read(key.formatted(Yaml.quoted(Yaml.OTHER_KEY), "sha512")).problem())
                .isNull();
        assertThat(read(key.formatted(Yaml.quoted(Yaml.OTHER_KEY), "sha256")).problem())
                .isEqualTo(
                        "spec.authorities[0].key.hashAlgorithm is \"sha256\", but an Ed25519 key always signs with sha512: remove it, or give that key an authority of its own");
    }

    @Test
    void anotherHashAlgorithmIsAnotherPolicy() {
        assertThat(Stream.of("", ", hashAlgorithm: sha256", ", hashAlgorithm: sha384", ", hashAlgorithm: sha512")
                        .map(hash -> read("{key: {data: %s%s}}".formatted(Yaml.quoted(Yaml.KEY), hash))
                                .contentDigest()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aKeyNeedsNoWitnessUnlessItIsAskedFor() {
        Authority.Key key = (Authority.Key) read("{key: {data: %s}}".formatted(Yaml.quoted(Yaml.KEY)))
                .authorities()
                .getFirst();

        assertThat(key.terms().demands()).isEqualTo(Demands.NONE);
    }

    @Test
    void sourcesAreRepositories() {
        ImagePolicy policy = read(
                "{key: {data: %s}, source: [{oci: r.test/signatures, tagPrefix: api-}, {signaturePullSecrets: [{name: pull}]}]}"
                        .formatted(Yaml.quoted(Yaml.KEY)));

        assertThat(policy.problem()).isNull();
        assertThat(((Authority.Key) policy.authorities().getFirst()).terms().sources())
                .containsExactly(
                        new Source("r.test/signatures", "landwaiter", List.of(), "api-"),
                        new Source("", "landwaiter", List.of("pull"), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    source: [{oci: "r.test/signatures:v1"}] | spec.authorities[0].source[0].oci is "r.test/signatures:v1": it takes a repository, without tag or digest
                    source: [{}]                            | spec.authorities[0].source[0] is empty: say in oci in which repository signatures are kept
                    source: [{oci: R/x/Y}]                  | spec.authorities[0].source[0].oci is not a valid repository: Could not read image reference "R/x/Y": the repository has an upper-case letter. Expected: [registry[:port]/]repository[:tag][@sha256:…].
                    source: [{oci: r.test/s, tagPrefix: "-"}] | spec.authorities[0].source[0].tagPrefix can't begin a tag: it takes up to 50 letters, digits, '_', '.' and '-'
                    source: {oci: r.test/s}                 | spec.authorities[0].source must be a list
                    source: [{oci: r.test/s, signaturePullSecrets: [{name: p, namespace: x}]}] | spec.authorities[0].source[0].signaturePullSecrets[0].namespace is not supported by this version
                    ctlog: {url: "https://rekor.example.com", trustRootRef: none} | spec.authorities[0].ctlog.trustRootRef names TrustRoot "none", which does not exist; create it, or name another
                    rfc3161timestamp: {trustRootRef: none}  | spec.authorities[0].rfc3161timestamp.trustRootRef names TrustRoot "none", which does not exist; create it, or name another
                    ctlog: {trustRootRef: ../x}             | spec.authorities[0].ctlog.trustRootRef is not a valid name of a TrustRoot
                    attestations: [{name: a}]               | spec.authorities[0].attestations[0].predicateType is missing: say what kind of attestation
                    attestations: [{predicateType: vuln}]   | spec.authorities[0].attestations[0].name is missing: messages call the attestation by it
                    attestations: [{name: a, predicateType: sbom}] | spec.authorities[0].attestations[0].predicateType is "sbom"; it takes a URI, or one of custom, cyclonedx, link, openvex, slsaprovenance, slsaprovenance02, slsaprovenance1, spdx, spdxjson, vuln
                    attestations: [{name: a, predicateType: vuln, policy: {type: rego, data: x}}] | spec.authorities[0].attestations[0].policy.type is "rego"; only cel is supported: rewrite the condition as an expression of CEL
                    attestations: [{name: a, predicateType: vuln, policy: {type: cel, configMapRef: {name: x}}}] | spec.authorities[0].attestations[0].policy.configMapRef is not supported by this version: put the expression into data; spec.authorities[0].attestations[0].policy.data is missing: it takes an expression of CEL
                    attestations: [{name: a, predicateType: vuln, policy: {type: cel}}] | spec.authorities[0].attestations[0].policy.data is missing: it takes an expression of CEL
                    signatureFormat: bundle                 | spec.authorities[0].signatureFormat is not supported by this version: remove it, signatures are found automatically in every form
                    """)
    void whatCanNotBeAppliedIsToldWithItsPath(String field, String problem) {
        assertThat(read("{key: {data: %s}, %s}".formatted(Yaml.quoted(Yaml.KEY), field))
                        .problem())
                .isEqualTo(problem);
    }

    @Test
    void predicateTypesHaveCosignsShortNames() {
        ImagePolicy policy = read(
                "{key: {data: %s}, attestations: [{name: a, predicateType: slsaprovenance}, {name: b, predicateType: slsaprovenance1}, {name: c, predicateType: spdxjson}, {name: d, predicateType: cyclonedx}, {name: e, predicateType: vuln}, {name: f, predicateType: 'https://acme.example/tested/v1'}]}"
                        .formatted(Yaml.quoted(Yaml.KEY)));

        assertThat(policy.problem()).isNull();
        assertThat(((Authority.Key) policy.authorities().getFirst()).terms().attestations())
                .extracting(Attestation::predicateType)
                .containsExactly(
                        "https://slsa.dev/provenance/v0.2",
                        "https://slsa.dev/provenance/v1",
                        "https://spdx.dev/Document",
                        "https://cyclonedx.org/bom",
                        "https://cosign.sigstore.dev/attestation/vuln/v1",
                        "https://acme.example/tested/v1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    identities: []                          | spec.authorities[0].keyless.identities needs at least one identity, with its issuer and subject: without one, anybody's signature would do
                    identities: [{}]                        | spec.authorities[0].keyless.identities[0] needs exactly one of issuer and issuerRegExp, and it must not be empty
                    identities: [{issuer: "", subject: s}]  | spec.authorities[0].keyless.identities[0] needs exactly one of issuer and issuerRegExp, and it must not be empty
                    identities: [{issuer: i}]               | spec.authorities[0].keyless.identities[0] needs exactly one of subject and subjectRegExp, and it must not be empty
                    identities: [{issuer: i, issuerRegExp: i, subject: s}] | spec.authorities[0].keyless.identities[0] needs exactly one of issuer and issuerRegExp, and it must not be empty
                    identities: [{issuer: i, subjectRegExp: "("}] | spec.authorities[0].keyless.identities[0].subjectRegExp is not a valid RE2 pattern: missing closing ) near "("
                    identities: [{issuer: i, subjectRegExp: "((a{1000}){1000}){1000}"}] | spec.authorities[0].keyless.identities[0].subjectRegExp is a pattern that is too large: at most 1024 characters, and few counted repetitions such as {40}
                    identities: [{issuer: i, subjectRegExp: "(a{1000}\\\\Q)\\\\E){1000}"}] | spec.authorities[0].keyless.identities[0].subjectRegExp is a pattern that is too large: at most 1024 characters, and few counted repetitions such as {40}
                    identities: [{issuer: i, subject: s, extensions: {workflow: x}}] | spec.authorities[0].keyless.identities[0].extensions.workflow is not one of Fulcio's extensions
                    identities: [{issuer: i, subject: s, extensions: {buildTrigger: ""}}] | spec.authorities[0].keyless.identities[0].extensions.buildTrigger is empty
                    identities: [{issuer: i, subject: s, extensions: {buildTrigger: push}, extensionsRegExp: {buildTrigger: push}}] | spec.authorities[0].keyless.identities[0].extensionsRegExp.buildTrigger stands in extensions too: keep one of them
                    identities: [{issuer: i, subject: s}], ca-cert: {data: x} | spec.authorities[0].keyless.ca-cert is not supported by this version: put the certificate into a TrustRoot, and name that in trustRootRef
                    identities: [{issuer: i, subject: s}], insecureIgnoreSCT: true | spec.authorities[0].keyless.insecureIgnoreSCT is not supported by this version
                    identities: [{issuer: i, subject: s}], url: "https://fulcio.example.com" | spec.authorities[0].keyless.url is "https://fulcio.example.com", which no request goes to: name in trustRootRef the TrustRoot whose certificates count
                    """)
    void anIdentityThatIsLooserThanItLooksIsRefused(String fields, String problem) {
        assertThat(read("{keyless: {%s}}".formatted(fields)).problem()).contains(problem);
    }

    @Test
    void anIdentityMatchesWhereAllThatItNamesDoes() {
        Identity identity = new Identity(
                new TextMatch.Exact("https://token.actions.githubusercontent.com"),
                new TextMatch.Search(Pattern.compile("^https://github\\.com/acme/")),
                Map.of("buildTrigger", new TextMatch.Exact("push")));
        String subject = "https://github.com/acme/api/.github/workflows/release.yaml@refs/heads/main";

        assertThat(identity.matches(certificate(subject, Map.of("buildTrigger", "push"))))
                .isTrue();
        assertThat(identity.matches(certificate(subject, Map.of("buildTrigger", "pull_request"))))
                .isFalse();
        assertThat(identity.matches(certificate(subject, Map.of()))).isFalse();
        assertThat(identity.matches(certificate("https://evil.test/" + subject, Map.of("buildTrigger", "push"))))
                .isFalse();
    }

    private static Signer.Certificate certificate(String subject, Map<String, String> extensions) {
        return new Signer.Certificate(subject, "https://token.actions.githubusercontent.com", extensions);
    }

    @Test
    @Timeout(20)
    @Tag("attack-9")
    @DisplayName("Attack 9: a pattern takes linear time, whatever it is and whatever it is held against")
    void patternsTakeLinearTime() {
        // backtracking would try 2^30000 ways here
        TextMatch pattern = new TextMatch.Search(Pattern.compile("^(a+)+$"));

        assertThat(pattern.matches("a".repeat(30_000) + "!")).isFalse();
        assertThat(pattern.matches("a".repeat(30_000))).isTrue();
    }

    @Test
    void aThresholdDoesNotCountOneKeyTwice() {
        JsonNode policy = Yaml.tree(
                "metadata: {name: p}\nspec: {images: [{glob: a/b}], threshold: 2, authorities: [{name: a, key: {data: %s}}, {name: b, key: {data: %s}}]}"
                        .formatted(Yaml.quoted(Yaml.KEY), Yaml.quoted(Yaml.KEY + Yaml.OTHER_KEY)));

        assertThat(reader.read(policy).problem())
                .isEqualTo("spec.threshold counts authorities, and the key %s stands in two of them: give each its own"
                        .formatted(VerificationKey.parseAll(Yaml.KEY, "k")
                                .getFirst()
                                .fingerprint()));
    }

    @Test
    void oneKeyThatSignsWithTwoHashesIsStillOne() {
        JsonNode policy = Yaml.tree(
                "metadata: {name: p}\nspec: {images: [{glob: a/b}], threshold: 2, authorities: [{name: a, key: {data: %1$s, hashAlgorithm: sha256}}, {name: b, key: {data: %1$s, hashAlgorithm: sha512}}]}"
                        .formatted(Yaml.quoted(Yaml.KEY)));

        assertThat(reader.read(policy).problem()).contains("stands in two of them: give each its own");
    }

    @Test
    void aThresholdIsRead() {
        JsonNode policy = Yaml.tree(
                "metadata: {name: p}\nspec: {images: [{glob: a/b}], threshold: 2, authorities: [{name: a, key: {data: %s}}, {name: b, key: {data: %s}}]}"
                        .formatted(Yaml.quoted(Yaml.KEY), Yaml.quoted(Yaml.OTHER_KEY)));

        assertThat(reader.read(policy).problem()).isNull();
        assertThat(reader.read(policy).threshold()).isEqualTo(2);
    }

    @Test
    void matchChoosesPodsByTheirLabels() {
        JsonNode policy = Yaml.tree(
                "metadata: {name: p}\nspec: {images: [{glob: a/b}], match: [{resource: pods, version: v1, selector: {matchLabels: {tier: web}}}, {selector: {matchLabels: {tier: db}}}], authorities: [{static: {action: pass}}]}");

        ImagePolicy read = reader.read(policy);

        assertThat(read.problem()).isNull();
        assertThat(read.isForPod(Map.of("tier", "web"))).isTrue();
        assertThat(read.isForPod(Map.of("tier", "db", "x", "y"))).isTrue();
        assertThat(read.isForPod(Map.of())).isFalse();
    }

    @Test
    void matchForWhatNeverComesIsRefused() {
        JsonNode policy = Yaml.tree(
                "metadata: {name: p}\nspec: {images: [{glob: a/b}], match: [{resource: deployments, group: apps, version: v1}], authorities: [{static: {action: pass}}]}");

        assertThat(reader.read(policy).problem())
                .isEqualTo(
                        "spec.match[0] is for other objects than Pods, and only Pods are checked, whatever created them: write resource: pods and version: v1, or remove it");
        assertThat(reader.read(policy).isForPod(Map.of())).isTrue();
    }
}
