package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one object may hold: tenants write some of them, and a file has no schema that bounds it. */
class PolicyLimitsTest {
    private static final String PASS = "authorities: [{static: {action: pass}}]";

    private static final PolicyReader READER = new PolicyReader();

    private static ImagePolicy read(String spec) {
        return READER.read(Yaml.tree("{kind: ClusterImagePolicy, metadata: {name: p}, spec: {" + spec + "}}"));
    }

    /** {@code count} times {@code item}, whose {@code %d} is the count. */
    private static String times(int count, String item) {
        return IntStream.range(0, count)
                .mapToObj(i -> item.replace("%d", String.valueOf(i)))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            images: [%s], authorities: [{static: {action: pass}}]                                | {glob: a/b%d}     | 64 | spec.images has 65 globs; the limit 'policy-globs' is 64
            images: [{glob: a/b}], authorities: [%s]                                             | {static: {action: pass}} | 16 | spec.authorities has 17 authorities; the limit 'policy-authorities' is 16
            images: [{glob: a/b}], match: [%s], authorities: [{static: {action: pass}}]          | {selector: {matchLabels: {a: b%d}}} | 16 | spec.match has 17 entries; the limit 'policy-matches' is 16
            images: [{glob: a/b}], namespaceSelector: {matchLabels: {%s}}, authorities: [{static: {action: pass}}] | k%d: v | 32 | spec.namespaceSelector.matchLabels has 33 terms; the limit 'selector-terms' is 32
            images: [{glob: a/b}], namespaceSelector: {matchExpressions: [%s]}, authorities: [{static: {action: pass}}] | {key: k%d, operator: Exists} | 32 | spec.namespaceSelector.matchExpressions has 33 terms; the limit 'selector-terms' is 32
            images: [{glob: a/b}], namespaceSelector: {matchExpressions: [{key: k, operator: In, values: [%s]}]}, authorities: [{static: {action: pass}}] | v%d | 64 | spec.namespaceSelector.matchExpressions[0].values has 65 values; the limit 'selector-values' is 64
            images: [{glob: a/b}], authorities: [{keyless: {identities: [%s]}}]                   | {issuer: i, subject: s%d} | 32 | spec.authorities[0].keyless.identities has 33 identities; the limit 'authority-identities' is 32
            images: [{glob: a/b}], authorities: [{keyless: {identities: [{issuer: i, subject: s}]}, source: [%s]}] | {oci: a/b%d} | 8 | spec.authorities[0].source has 9 sources; the limit 'authority-sources' is 8
            images: [{glob: a/b}], authorities: [{keyless: {identities: [{issuer: i, subject: s}]}, source: [{signaturePullSecrets: [%s]}]}] | {name: s%d} | 8 | spec.authorities[0].source[0].signaturePullSecrets has 9 sources; the limit 'authority-sources' is 8
            images: [{glob: a/b}], authorities: [{keyless: {identities: [{issuer: i, subject: s}]}, attestations: [%s]}] | {name: a%d, predicateType: vuln} | 16 | spec.authorities[0].attestations has 17 attestations; the limit 'authority-attestations' is 16
            """)
    void aListHasALimit(String spec, String item, int most, String problem) {
        assertThat(read(spec.formatted(times(most, item))).problem()).isNull();
        assertThat(read(spec.formatted(times(most + 1, item))).problem()).startsWith(problem);
    }

    @Test
    void aGlobHasALimitOfStarsAndSaysWhere() {
        String eight = "r.test/*a*b*c*d*e*f*g***";
        assertThat(read("images: [{glob: a/b}, {glob: '%s'}], %s".formatted(eight, PASS))
                        .problem())
                .isNull();

        ImagePolicy broken = read("images: [{glob: a/b}, {glob: '%sh*'}], mode: audit, %s".formatted(eight, PASS));

        assertThat(broken.problem()).isEqualTo("spec.images[1].glob has 9 stars; the limit 'glob-stars' is 8");
        assertThat(broken.mode()).as("as where a glob can't be read").isEqualTo(Mode.ENFORCE);
        assertThat(broken.images()).containsExactly(new ImageGlob("**"));
        PolicyReader generous = new PolicyReader(Materials.NONE, "landwaiter", Limits.of(Map.of(Limit.GLOB_STARS, 9L)));
        assertThat(generous.read(Yaml.tree(
                                "{kind: ClusterImagePolicy, metadata: {name: p}, spec: {images: [{glob: '%sh*'}], %s}}"
                                        .formatted(eight, PASS)))
                        .problem())
                .isNull();
    }

    @Test
    void anAuthorityHasALimitOfKeys() {
        String spec = "images: [{glob: a/b}], authorities: [{key: {data: %s}}]";
        assertThat(read(spec.formatted(Yaml.quoted((Yaml.OTHER_KEY + "\n").repeat(32))))
                        .problem())
                .isNull();
        assertThat(read(spec.formatted(Yaml.quoted((Yaml.OTHER_KEY + "\n").repeat(33))))
                        .problem())
                .isEqualTo("spec.authorities[0].key has 33 keys; the limit 'authority-keys' is 32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "images", "namespaces"})
    void anExceptionHasALimitOfNames(String field) {
        Map<String, String> lists =
                Map.of("policies", times(64, "p%d"), "images", times(64, "a/b%d"), "namespaces", times(64, "n%d"));
        String spec = "{policies: [%s], images: [%s], namespaces: [%s], expires: '2026-12-24T00:00:00Z', reason: r}";
        assertThat(exception(spec.formatted(lists.get("policies"), lists.get("images"), lists.get("namespaces"))))
                .isNull();
        String more = spec.formatted(
                lists.get("policies") + (field.equals("policies") ? ", more" : ""),
                lists.get("images") + (field.equals("images") ? ", more" : ""),
                lists.get("namespaces") + (field.equals("namespaces") ? ", more" : ""));
        assertThat(exception(more))
                .isEqualTo("spec.%s has 65 names; the limit 'exception-names' is 64".formatted(field));
    }

    private static @Nullable String exception(String spec) {
        return READER.readExemption(Yaml.tree("{kind: ImagePolicyException, metadata: {name: e}, spec: " + spec + "}"))
                .problem();
    }

    @Test
    void whatIsToldOfAPolicyIsBounded() {
        String fields = times(5_000, "field-%d-" + "x".repeat(100) + ": 1");
        String problem = read(fields + ", images: [{glob: a/b}], " + PASS).problem();

        assertThat(problem).startsWith("spec.field-0-xxx").endsWith(" more").hasSizeLessThan(4_100);
        ObjectNode policy = (ObjectNode) Yaml.tree(
                "{kind: ClusterImagePolicy, metadata: {name: p}, spec: {images: [{glob: a/b}], %s}}".formatted(PASS));
        policy.withObject("spec").put("y".repeat(100_000), 1);
        assertThat(READER.read(policy).problem()).startsWith("spec.yyy").hasSizeLessThan(1_100);
    }

    /** Where the API server is asked first, it says no with its own words, and nothing that it takes is refused by us. */
    @ParameterizedTest
    @CsvSource({
        "images, POLICY_GLOBS",
        "authorities, POLICY_AUTHORITIES",
        "match, POLICY_MATCHES",
        "authorities/items/properties/keyless/properties/identities, AUTHORITY_IDENTITIES",
        "authorities/items/properties/source, AUTHORITY_SOURCES",
        "authorities/items/properties/source/items/properties/signaturePullSecrets, AUTHORITY_SOURCES",
        "authorities/items/properties/attestations, AUTHORITY_ATTESTATIONS",
        "match/items/properties/selector/properties/matchLabels, SELECTOR_TERMS",
        "match/items/properties/selector/properties/matchExpressions, SELECTOR_TERMS",
        "match/items/properties/selector/properties/matchExpressions/items/properties/values, SELECTOR_VALUES",
    })
    void theSchemasHaveTheSameLimits(String path, Limit limit) throws IOException {
        for (String kind : List.of("clusterimagepolicies", "imagepolicies")) {
            assertThat(most(schema(kind, path))).as("%s of %s", path, kind).isEqualTo(limit.byDefault());
        }
    }

    @Test
    void theSchemaOfExceptionsHasTheSameLimits() throws IOException {
        for (String path : List.of("policies", "images", "namespaces")) {
            assertThat(most(schema("imagepolicyexceptions", path))).isEqualTo(Limit.EXCEPTION_NAMES.byDefault());
        }
    }

    @Test
    void theSchemasTakeNoLongerTextsThanWeDo() throws IOException {
        for (String kind : List.of("clusterimagepolicies", "imagepolicies")) {
            String condition = "authorities/items/properties/attestations/items/properties/policy/properties/data";
            assertThat(schema(kind, condition).path("maxLength").asLong()).isEqualTo(Condition.MAX_CHARACTERS);
            assertThat(schema(kind, "images/items/properties/glob")
                            .path("maxLength")
                            .asLong())
                    .isEqualTo(ImageGlob.MAX_TEXT);
        }
    }

    private static long most(JsonNode schema) {
        return schema.path("maxItems").asLong(schema.path("maxProperties").asLong());
    }

    private static JsonNode schema(String kind, String path) throws IOException {
        JsonNode definition = Yaml.tree(Files.readString(Path.of("..", "manifests", "crds", kind + ".yaml")));
        return definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/" + path);
    }
}
