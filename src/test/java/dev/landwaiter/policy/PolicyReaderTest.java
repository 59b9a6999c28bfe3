package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    private static final PolicyReader READER = new PolicyReader();
    private static final String KEY =
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH\ng/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==\n-----END PUBLIC KEY-----";
    private static final String GOOD = """
            apiVersion: landwaiter.dev/v1alpha1
            kind: ClusterImagePolicy
            metadata: {name: signed}
            spec:
              images: [{glob: "ghcr.io/acme/**"}]
              authorities: [{name: release, key: {data: "%s"}}]
            """.formatted(KEY.replace("\n", "\\n"));

    @TempDir
    Path folder;

    private static ImagePolicy read(String yaml) {
        return READER.read(Yaml.tree(yaml));
    }

    private static String spec(String spec) {
        return "metadata: {name: p}\nspec: " + spec;
    }

    @Test
    void readsAPolicyWithItsDefaults() {
        ImagePolicy policy = read(GOOD);

        assertThat(policy.problem()).isNull();
        assertThat(policy.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(policy.onUnavailable()).isEqualTo(OnUnavailable.DENY);
        assertThat(policy.namespaces()).isEqualTo(LabelSelector.ALL);
        assertThat(policy.authorities())
                .containsExactly(new Authority.Key("release", VerificationKey.parseAll(KEY, "KEY"), Terms.PLAIN));
        assertThat(policy.title()).isEqualTo("ClusterImagePolicy \"signed\"");
    }

    @Test
    void readsEveryField() {
        ImagePolicy policy = read(spec("""
                {images: [{glob: a/*}, {glob: b/**}], mode: audit, onUnavailable: admit,
                 namespaceSelector: {matchLabels: {team: a}, matchExpressions: [{key: env, operator: NotIn, values: [dev]}]},
                 authorities: [{static: {action: pass}}, {name: never, static: {action: fail, message: never}}]}
                """));

        assertThat(policy.problem()).isNull();
        assertThat(policy.mode()).isEqualTo(Mode.AUDIT);
        assertThat(policy.onUnavailable()).isEqualTo(OnUnavailable.ADMIT);
        assertThat(policy.images()).extracting(ImageGlob::text).containsExactly("a/*", "b/**");
        assertThat(policy.authorities())
                .containsExactly(new Authority.StaticPass("authority-0"), new Authority.StaticFail("never", "never"));
        assertThat(policy.namespaces())
                .isEqualTo(new LabelSelector(
                        Map.of("team", "a"),
                        List.of(new LabelSelector.Expression("env", LabelSelector.Operator.NOT_IN, Set.of("dev")))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {images: [{glob: a/b}], authorities: []}                              | spec.authorities needs at least one authority
                    {images: [{glob: a/b}], authorities: [{name: x}]}                     | spec.authorities[0] needs exactly one of key, keyless and static
                    {images: [{glob: a/b}], authorities: [{keyless: {url: u}, static: {action: pass}}]} | spec.authorities[0] needs exactly one of key, keyless and static
                    {images: [{glob: a/b}], authorities: [{key: {data: MIIB}}]}           | Could not read the public key of spec.authorities[0].key.data: it contains no PEM block. Expected: a PEM block "-----BEGIN PUBLIC KEY-----", as cosign.pub holds, for each key.
                    {images: [{glob: a/b}], authorities: [{key: {secretRef: {name: s}}}]} | spec.authorities[0].key.secretRef can't be followed: could not read Secret "landwaiter/s": it does not exist; create it, or name another
                    {images: [{glob: a/b}], authorities: [{key: {kms: "awskms:///x"}}]}   | spec.authorities[0].key.kms is not supported by this version: put the PEM text of the public key ('cosign public-key --key <kms URI>') into data
                    {images: [{glob: a/b}], authorities: [{key: {}}]}                     | spec.authorities[0].key.data is missing: paste the public key in PEM there
                    {images: [{glob: a/b}], policy: {type: cel}, authorities: [{static: {action: pass}}]} | spec.policy is not supported by this version: give the authorities attestations, each with a policy of its own
                    {images: [{glob: a/b}], authorities: [{static: {action: maybe}}]}     | spec.authorities[0].static.action is "maybe"; it takes pass or fail
                    {images: [{glob: a/b}], threshold: 2, authorities: [{static: {action: pass}}, {static: {action: fail}}]} | spec.threshold is 2, but only 1 of the authorities could ever pass
                    {images: [{glob: a/b}], threshold: 0, authorities: [{static: {action: pass}}]} | spec.threshold is 0; it takes a number of 1 or more
                    {images: [{glob: a/b}], namespaceSelector: {matchExpressions: [{key: a, operator: Is}]}, authorities: [{static: {action: pass}}]} | spec.namespaceSelector.matchExpressions[0] needs a key and an operator of In, NotIn, Exists, DoesNotExist
                    """)
    void aBrokenPolicyKeepsWhatCanBeReadOfIt(String spec, String problem) {
        ImagePolicy policy = read(spec(spec));

        assertThat(policy.problem()).isEqualTo(problem);
        assertThat(policy.images()).containsExactly(new ImageGlob("a/b"));
        assertThat(policy.namespaces()).isEqualTo(LabelSelector.ALL);
    }

    @Test
    void aPolicyThatLetsNothingThroughHoldsWithTheThresholdThatTheApiServerFillsIn() {
        ImagePolicy policy =
                read(spec("{images: [{glob: a/b}], threshold: 1, authorities: [{static: {action: fail}}]}"));

        assertThat(policy.problem()).isNull();
        assertThat(policy.threshold()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {images: [{glob: a/b}], mode: soft, authorities: [{static: {action: pass}}]} | spec.mode is "soft"; it takes one of enforce, warn, audit
                    {images: [], mode: audit, authorities: [{static: {action: pass}}]}           | spec.images needs at least one glob
                    {images: [{glob: "a:1/b:2"}], mode: audit, authorities: [{static: {action: pass}}]} | spec.images[0].glob: Could not read glob "a:1/b:2": globs match registry/repository, never a tag. Expected for instance ghcr.io/acme/* or ghcr.io/**.
                    """)
    void whereModeOrGlobsCannotBeReadItEnforcesOnEveryImage(String spec, String problem) {
        ImagePolicy policy = read(spec(spec));

        assertThat(policy.problem()).isEqualTo(problem);
        assertThat(policy.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(new PolicySet(List.of(policy)).matching(ImageReference.parse("whatever/it:is")))
                .isNotEmpty();
    }

    @Test
    void theContentDigestTellsPoliciesApartByWhatAVerdictRestsOn() {
        assertThat(read(GOOD).contentDigest())
                .isEqualTo(read(GOOD.replace("name: signed", "name: other")).contentDigest())
                .isNotEqualTo(read(GOOD.replace("release", "other")).contentDigest())
                .isEqualTo(read(GOOD.replace("END PUBLIC KEY-----", "END PUBLIC KEY-----\\n#"))
                        .contentDigest());
    }

    @Test
    void aFolderHoldsPoliciesAndNamespaces() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), GOOD + "---\n" + GOOD.replace("name: signed", "name: second"));
        Files.writeString(
                folder.resolve("b.json"),
                "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\",\"labels\":{\"team\":\"a\"}}}");
        Files.writeString(folder.resolve("README.md"), "not a policy");

        PolicyFolder policies = PolicyFolder.open(folder, READER, Limits.defaults());

        assertThat(policies.current().policies()).extracting(ImagePolicy::name).containsExactly("second", "signed");
        assertThat(policies.labels("shop", Deadline.passed()))
                .contains(Map.of("team", "a", "kubernetes.io/metadata.name", "shop"));
        assertThat(policies.labels("unknown", Deadline.passed())).isEmpty();
    }

    @Test
    void aFolderHoldsWhatItsPoliciesReferTo() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata: {name: signed}
                spec:
                  images: [{glob: "ghcr.io/acme/**"}]
                  authorities:
                    - {name: one, key: {secretRef: {name: release}}}
                    - {name: two, key: {configMapRef: {name: keys}}}
                ---
                apiVersion: landwaiter.dev/v1alpha1
                kind: ImagePolicy
                metadata: {name: signed, namespace: shop}
                spec:
                  images: [{glob: "ghcr.io/acme/**"}]
                  authorities: [{key: {secretRef: {name: own}}}]
                ---
                apiVersion: landwaiter.dev/v1alpha1
                kind: ImagePolicyException
                metadata: {name: migration}
                spec: {policies: [signed, shop/signed], images: [ghcr.io/acme/api], expires: "2026-12-24T00:00:00Z", reason: moved}
                """);
        Files.writeString(folder.resolve("b.yaml"), """
                kind: Secret
                metadata: {name: release, namespace: landwaiter}
                stringData: {cosign.pub: %1$s}
                ---
                kind: Secret
                metadata: {name: own, namespace: shop}
                data: {cosign.pub: %2$s}
                ---
                kind: ConfigMap
                metadata: {name: keys, namespace: landwaiter}
                data: {release: %1$s}
                """.formatted(
                        Yaml.quoted(KEY), Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8))));

        PolicySet set = PolicyFolder.open(folder, READER, Limits.defaults()).current();

        assertThat(set.policies()).extracting(ImagePolicy::id).containsExactly("signed", "shop/signed");
        assertThat(set.in("shop").policies()).hasSize(2);
        assertThat(set.in("bakery").policies()).extracting(ImagePolicy::id).containsExactly("signed");
        assertThat(set.exemptions()).extracting(Exemption::name).containsExactly("migration");
    }

    @Test
    void aChangedSecretOfAFolderTakesEffect() throws Exception {
        Files.writeString(
                folder.resolve("a.yaml"), GOOD.replaceFirst("data: \".*\"}}]", "secretRef: {name: release}}}]"));
        Path secret = folder.resolve("b.yaml");
        String text = "{kind: Secret, metadata: {name: release, namespace: landwaiter}, stringData: {cosign.pub: %s}}";
        Files.writeString(secret, text.formatted(Yaml.quoted(KEY)));
        PolicyFolder policies = PolicyFolder.open(folder, READER, Limits.defaults());
        String before = policies.current().policies().getFirst().contentDigest();

        Files.writeString(secret, text.formatted(Yaml.quoted(Yaml.OTHER_KEY)));

        assertThat(policies.reload()).isTrue();
        assertThat(policies.current().policies().getFirst().contentDigest()).isNotEqualTo(before);
    }

    @Test
    void aFolderWithMistakesIsRefusedAndTellsThemAll() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), GOOD + "---\n" + GOOD);
        Files.writeString(folder.resolve("b.yaml"), "kind: Role\n---\nkind: [");
        Files.writeString(folder.resolve("c.yaml"), GOOD.replace("enforce", "x").replace("spec:", "spec:\n  mode: x"));

        assertThatThrownBy(() -> PolicyFolder.open(folder, READER, Limits.defaults()))
                .hasMessageContaining("a.yaml, document 2: ClusterImagePolicy \"signed\" stands twice")
                .hasMessageContaining(
                        "b.yaml, document 1: kind \"Role\" is not one of ClusterImagePolicy, ImagePolicy, ImagePolicyException, TrustRoot, Secret, ConfigMap, Namespace")
                .hasMessageContaining("b.yaml: not well-formed at line 3, column 8 (")
                .hasMessageContaining("c.yaml, document 1 (signed): spec.mode is \"x\"")
                .hasMessageContaining("nothing of the folder was taken");
    }

    @Test
    void aReloadKeepsTheLastGoodSetAndSaysWhy() throws Exception {
        Path file = Files.writeString(folder.resolve("a.yaml"), GOOD);
        PolicyFolder policies = PolicyFolder.open(folder, READER, Limits.defaults());
        assertThat(policies.reload()).isFalse();

        Files.writeString(file, GOOD.replace("images", "imagse"));
        assertThat(policies.reload()).isFalse();
        assertThat(policies.problem())
                .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo(Code.POLICY_BROKEN));
        assertThat(policies.current().policies()).extracting(ImagePolicy::name).containsExactly("signed");

        Files.writeString(file, GOOD.replace("name: signed", "name: mended"));
        assertThat(policies.reload()).isTrue();
        assertThat(policies.problem()).isEmpty();
        assertThat(policies.current().policies()).extracting(ImagePolicy::name).containsExactly("mended");
    }

    @ParameterizedTest
    @CsvSource({"ConfigMap, binaryData", "Secret, data"})
    void whatIsNotBase64IsAMistakeOfTheFolder(String kind, String field) throws Exception {
        Path _ = Files.writeString(folder.resolve("a.yaml"), GOOD);
        PolicyFolder policies = PolicyFolder.open(folder, READER, Limits.defaults());

        Files.writeString(
                folder.resolve("b.yaml"), "kind: %s\nmetadata: {name: x}\n%s: {k: 'hunter2!'}".formatted(kind, field));

        assertThat(policies.reload()).isFalse();
        assertThat(policies.problem().orElseThrow().message())
                .contains("b.yaml, document 1: %s.k is not base64".formatted(field))
                .doesNotContain("hunter2");
        assertThat(policies.current().policies()).hasSize(1);
    }

    /** A mistake of ours, whatever it is, makes one object broken; the others are read. */
    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: an object that cannot be read at all breaks itself alone")
    @SuppressWarnings("unchecked") // Jackson's own deepCopy(), which the tree below inherits
    void anObjectThatThrowsIsBrokenAndNothingElse() {
        Materials throwing = new Materials() {
            @Override
            public Stored configMap(String namespace, String name) {
                throw new IllegalStateException("a bug");
            }
        };
        PolicyReader reader = new PolicyReader(throwing, "landwaiter");
        JsonNode policy = Yaml.tree(
                "{kind: ImagePolicy, metadata: {name: p, namespace: shop, uid: u}, spec: {images: [{glob: a/b}], authorities: [{key: {configMapRef: {name: x}}}]}}");
        JsonNode root = Yaml.tree("{kind: TrustRoot, metadata: {name: r, uid: u}, spec: {configMapRef: {name: x}}}");
        ObjectNode exemption = new ObjectNode(JsonNodeFactory.instance) {
            @Override
            public JsonNode path(String field) {
                if (field.equals("spec")) {
                    throw new IllegalStateException("a bug");
                }
                return super.path(field);
            }
        };
        exemption.putObject("metadata").put("name", "e");
        String problem = "it can't be read: a mistake of the webhook's own, please report it with its log";

        assertThat(reader.read(policy))
                .returns("shop/p", ImagePolicy::id)
                .returns(problem, ImagePolicy::problem)
                .returns(Mode.ENFORCE, ImagePolicy::mode)
                .returns(List.of(new ImageGlob("**")), ImagePolicy::images);
        assertThat(reader.readTrustRoot(root)).isEqualTo(new TrustRoot("r", "u", null, problem));
        assertThat(reader.readExemption(exemption))
                .returns("e", Exemption::name)
                .returns(problem, Exemption::problem)
                .returns(false, one -> one.inForce(Instant.EPOCH));
    }

    @Test
    void aFolderThatIsNotThereSaysSo() {
        assertThatThrownBy(() -> PolicyFolder.open(folder.resolve("none"), READER, Limits.defaults()))
                .hasMessage(
                        "Could not read policies of folder \"%s\": there is no such folder. Check that it is there and readable."
                                .formatted(folder.resolve("none")));
    }

    @ParameterizedTest
    @CsvSource({
        "IN, a, true",
        "IN, c, false",
        "NOT_IN, a, false",
        "NOT_IN, c, true",
        "EXISTS, a, true",
        "DOES_NOT_EXIST, a, false"
    })
    void selectorsHoldAsInKubernetes(LabelSelector.Operator operator, String value, boolean holds) {
        LabelSelector selector =
                new LabelSelector(Map.of(), List.of(new LabelSelector.Expression("k", operator, Set.of("a", "b"))));

        assertThat(selector.matches(Map.of("k", value))).isEqualTo(holds);
        boolean holdsWithout =
                operator == LabelSelector.Operator.NOT_IN || operator == LabelSelector.Operator.DOES_NOT_EXIST;
        assertThat(selector.matches(Map.of())).isEqualTo(holdsWithout);
    }
}
