package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server refuses to store because it would be read differently from what it says, and what it takes. */
@OnRealCluster
class SchemaIT {
    private static final String KEY = "key: {data: \"-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----\"}";
    private static final String STATIC = "static: {action: fail}";

    private final Cluster cluster;

    SchemaIT(Session session) {
        this.cluster = session.cluster();
    }

    private Command.Result create(String kind, String spec) {
        return cluster.kubectl("create", "--dry-run=server", "-f", "-")
                .reading("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: %s
                metadata: {name: tried}
                spec:
                %s""".formatted(kind, spec.indent(2)))
                .run();
    }

    private void assertRefused(String kind, String spec, String path, String message) {
        Command.Result result = create(kind, spec);
        assertThat(result.exit()).as(result.out()).isNotZero();
        assertThat(result.err()).contains(path, message);
    }

    private static String policy(String images, String authorities, String more) {
        return "images: [%s]%nauthorities: [%s]%n%s".formatted(images, authorities, more);
    }

    static Stream<Arguments> policiesThatMustNotBeStored() {
        return Stream.of(
                refused("images: []\nauthorities: [{" + KEY + "}]", "spec.images", "should have at least 1 items"),
                refused("images: [{glob: a/b}]\nauthorities: []", "spec.authorities", "should have at least 1 items"),
                withImage("{glob: 'a/b:1'}", "[0].glob", "A glob matches registry/repository, never a tag."),
                withImage("{glob: 'a/b@sha256:00'}", "[0].glob", "never a digest."),
                withImage("{glob: 'a/b c/d'}", "[0].glob", "A glob has no spaces."),
                withImage("{glob: 'https://a/b'}", "[0].glob", "A glob has no scheme."),
                withImage("{glob: a/b, regex: c}", "[0].regex", "'regex' is not supported by this version."),
                withAuthority("name: a", "", "exactly one of 'key', 'keyless' and 'static'."),
                withAuthority(STATIC + ", " + KEY, "", "exactly one of 'key', 'keyless' and 'static'."),
                withAuthority("static: {action: pass, message: why}", ".static", "it goes with 'action: fail'."),
                withAuthority("static: {action: maybe}", ".static.action", "Unsupported value"),
                withAuthority(STATIC + ", ctlog: {}", "", "'static' looks at no signature"),
                withSpec(
                        "authorities: [{name: a, " + KEY + "}, {name: a, " + STATIC + "}]",
                        "spec.authorities",
                        "Each authority needs a name of its own."),
                withSpec("threshold: 0", "spec.threshold", "should be greater than or equal to 1"),
                withSpec("threshold: 2", "spec", "'threshold' is more than there are authorities"),
                withSpec("mode: dryrun", "spec.mode", "supported values: \"enforce\", \"warn\", \"audit\""),
                withSpec("onUnavailable: warn", "spec.onUnavailable", "supported values: \"deny\", \"admit\""),
                withSpec(
                        "namespaceSelector: {matchExpressions: [{key: a, operator: In}]}",
                        "spec.namespaceSelector.matchExpressions[0]",
                        "In and NotIn need 'values'"),
                withSpec("policy: {type: cel, data: 'true'}", "spec.policy", "Give the authorities 'attestations'"),
                withSpec("match: [{resource: deployments}]", "spec.match[0]", "Only Pods are checked"),
                withSpec("imagez: [{glob: a}]", "spec.imagez", "unknown field"));
    }

    static Stream<Arguments> keysThatMustNotBeStored() {
        String reference = "{name: a}";
        return Stream.of(
                withAuthority("key: {data: cosign.pub}", ".key.data", "This is not PEM text."),
                withAuthority(
                        "key: {data: '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----'}",
                        ".key.data",
                        "This is a private key"),
                withAuthority("key: {kms: 'awskms:///a'}", ".key.kms", "'kms' is not supported by this version."),
                withAuthority("key: {}", ".key", "exactly one of 'data'"),
                withAuthority(
                        "key: {secretRef: %1$s, configMapRef: %1$s}".formatted(reference),
                        ".key",
                        "exactly one of 'data'"),
                withAuthority("key: {secretRef: {key: a}}", ".key.secretRef.name", "Required value"),
                withAuthority(
                        "key: {secretRef: %s, hashAlgorithm: md5}".formatted(reference),
                        ".key.hashAlgorithm",
                        "Unsupported value"),
                withAuthority(
                        KEY + ", signatureFormat: bundle", ".signatureFormat", "found automatically in every form"),
                withAuthority(KEY + ", ctlog: {url: 'https://rekor.test'}", "", "Name in 'ctlog.trustRootRef'"),
                withAuthority(
                        KEY + ", rfc3161timestamp: {url: 'https://a'}", ".rfc3161timestamp.url", "unknown field"));
    }

    static Stream<Arguments> keylessThatMustNotBeStored() {
        return Stream.of(
                withKeyless("trustRootRef: a", ".keyless.identities", "Required value"),
                withKeyless("identities: []", ".keyless.identities", "should have at least 1 items"),
                withIdentity("subject: a", "", "exactly one of 'issuer' and 'issuerRegExp'."),
                withIdentity("issuer: a", "", "exactly one of 'subject' and 'subjectRegExp'."),
                withIdentity("issuer: a, issuerRegExp: a, subject: a", "", "exactly one of 'issuer'"),
                withIdentity("issuer: '', subject: a", ".issuer", "at least 1 char"),
                withIdentity(
                        "issuer: a, subject: b, extensions: {githubRepo: a/b}",
                        ".extensions",
                        "This is not one of Fulcio's extensions."),
                withIdentity(
                        "issuer: a, subject: b, extensions: {buildTrigger: a}, extensionsRegExp: {buildTrigger: a}",
                        "",
                        "only one of 'extensions' and 'extensionsRegExp'."),
                withKeyless(
                        "url: 'https://fulcio.test', identities: [{issuer: a, subject: b}]",
                        ".keyless",
                        "Name in 'trustRootRef' the TrustRoot"),
                withKeyless(
                        "identities: [{issuer: a, subject: b}], insecureIgnoreSCT: true",
                        ".keyless",
                        "'insecureIgnoreSCT' is not supported"),
                withKeyless(
                        "identities: [{issuer: a, subject: b}], ca-cert: {data: a}",
                        ".keyless.ca-cert",
                        "Put the certificate into a TrustRoot"),
                withKeyless(
                        "identities: [{issuer: a, subject: b}], identity: [a]", ".keyless.identity", "unknown field"));
    }

    static Stream<Arguments> termsThatMustNotBeStored() {
        return Stream.of(
                withAuthority(KEY + ", source: [{}]", ".source[0]", "Say in 'oci'"),
                withAuthority(KEY + ", source: [{oci: 'a/b:1'}]", ".source[0].oci", "Remove the tag or digest."),
                withAuthority(
                        KEY + ", source: [{oci: a/b, signaturePullSecrets: [{}]}]",
                        ".source[0].signaturePullSecrets[0].name",
                        "Required value"),
                withAttestation("name: a", ".predicateType", "Required value"),
                withAttestation("predicateType: vuln", ".name", "Required value"),
                withAttestation(
                        "name: a, predicateType: provenance",
                        ".predicateType",
                        "neither a URI nor one of cosign's short names."),
                withAttestation(
                        "name: a, predicateType: vuln}, {name: a, predicateType: spdx",
                        "",
                        "Each attestation needs a name of its own."),
                withAttestation(
                        "name: a, predicateType: vuln, policy: {type: rego, data: 'true'}",
                        ".policy.type",
                        "Unsupported value"),
                withAttestation("name: a, predicateType: vuln, policy: {type: cel}", ".policy.data", "Required value"),
                withAttestation(
                        "name: a, predicateType: vuln, policy: {type: cel, data: 'true', url: 'https://a'}",
                        ".policy.url",
                        "Put the expression into 'data'."));
    }

    private static Arguments refused(String spec, String path, String message) {
        return Arguments.of(spec, path, message);
    }

    private static Arguments withImage(String image, String path, String message) {
        return refused(policy(image, "{" + KEY + "}", ""), "spec.images" + path, message);
    }

    private static Arguments withAuthority(String authority, String path, String message) {
        return refused(policy("{glob: a/b}", "{" + authority + "}", ""), "spec.authorities[0]" + path, message);
    }

    private static Arguments withKeyless(String keyless, String path, String message) {
        return withAuthority("keyless: {" + keyless + "}", path, message);
    }

    private static Arguments withIdentity(String identity, String path, String message) {
        return withKeyless("identities: [{" + identity + "}]", ".keyless.identities[0]" + path, message);
    }

    private static Arguments withAttestation(String attestation, String path, String message) {
        String at = path.isEmpty() ? ".attestations" : ".attestations[0]" + path;
        return withAuthority(KEY + ", attestations: [{" + attestation + "}]", at, message);
    }

    private static Arguments withSpec(String more, String path, String message) {
        String authorities = more.startsWith("authorities") ? "" : "authorities: [{" + KEY + "}]\n";
        return refused("images: [{glob: a/b}]\n" + authorities + more, path, message);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource({
        "policiesThatMustNotBeStored",
        "keysThatMustNotBeStored",
        "keylessThatMustNotBeStored",
        "termsThatMustNotBeStored"
    })
    void aPolicyThatWouldBeReadDifferentlyFromWhatItSaysIsRefused(String spec, String path, String message) {
        assertRefused("ClusterImagePolicy", spec, path, message);
        // the same rules for a namespace's own, but for what is not of a namespace
        if (!spec.contains("namespaceSelector")) {
            assertRefused("ImagePolicy", spec, path, message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key: {secretRef: {name: keys, key: release.pub}, hashAlgorithm: sha256}, ctlog: {}",
                "key: {configMapRef: {name: keys}}, rfc3161timestamp: {trustRootRef: private}",
                "keyless: {identities: [{issuer: a, subjectRegExp: '^b$'}, {issuerRegExp: a, subject: b}]}",
                "keyless: {url: 'https://fulcio.sigstore.dev', identities: [{issuer: a, subject: b}]}, ctlog: {url: 'https://rekor.sigstore.dev'}",
                "keyless: {url: 'https://fulcio.test', trustRootRef: p, identities: [{issuer: a, subject: b}]}, ctlog: {url: 'https://rekor.test'}",
                "keyless: {identities: [{issuer: a, subject: b, extensions: {githubWorkflowRepository: a/b}, extensionsRegExp: {sourceRepositoryRef: '^refs/tags/'}}]}",
                KEY + ", source: [{oci: 'a.test:5000/b', tagPrefix: x, signaturePullSecrets: [{name: s}]}]",
                KEY
                        + ", attestations: [{name: a, predicateType: slsaprovenance1}, {name: b, predicateType: 'https://a/v1', policy: {type: cel, data: 'true'}}]"
            })
    void whatIsMeantIsStored(String authority) {
        for (String kind : new String[] {"ClusterImagePolicy", "ImagePolicy"}) {
            Command.Result result = create(
                    kind,
                    policy(
                            "{glob: a/b}",
                            "{name: one, " + authority + "}, {name: two, " + STATIC + "}",
                            "threshold: 2\nmatch: [{version: v1, resource: pods, selector: {matchLabels: {a: b}}}]"));
            assertThat(result.exit()).as(result.err()).isZero();
        }
    }

    @Test
    void anImagePolicyIsForItsOwnNamespace() {
        assertRefused(
                "ImagePolicy",
                policy("{glob: a/b}", "{" + KEY + "}", "namespaceSelector: {matchLabels: {a: b}}"),
                "spec.namespaceSelector",
                "An ImagePolicy is for its own namespace.");
    }

    @Test
    void absentFieldsGetTheirDefaults() {
        for (String kind : new String[] {"ClusterImagePolicy", "ImagePolicy"}) {
            String stored = cluster.kubectl(
                            "create",
                            "--dry-run=server",
                            "-f",
                            "-",
                            "-o",
                            "jsonpath={.spec.mode} {.spec.onUnavailable}")
                    .reading("""
                            apiVersion: landwaiter.dev/v1alpha1
                            kind: %s
                            metadata: {name: defaults}
                            spec: {images: [{glob: a/b}], authorities: [{static: {action: fail}}]}
                            """.formatted(kind))
                    .output();
            assertThat(stored).isEqualTo("enforce deny");
        }
    }

    static Stream<Arguments> exceptionsThatMustNotBeStored() {
        String end = "expires: '2030-01-01T00:00:00Z'";
        return Stream.of(
                exception("policies: [], images: [a.test/b], reason: r, " + end, "spec.policies", "at least 1 items"),
                exception("policies: [p], images: [], reason: r, " + end, "spec.images", "at least 1 items"),
                exception("policies: [p], images: [a.test/b], reason: r", "spec.expires", "Required value"),
                exception("policies: [p], images: [a.test/b], " + end, "spec.reason", "Required value"),
                exception(
                        "policies: [p], images: [a.test/b], reason: r, expires: tomorrow",
                        "spec.expires",
                        "must be of type date-time"),
                exception("policies: ['*'], images: [a.test/b], reason: r, " + end, "spec.policies[0]", "exactly"),
                exception("policies: [p], images: ['a.test/*'], reason: r, " + end, "spec.images[0]", "exactly"),
                exception(
                        "policies: [p], images: ['a.test/b:1'], reason: r, " + end, "spec.images[0]", "A tag may name"),
                exception(
                        "policies: [p], images: [a.test/b], namespaces: ['*'], reason: r, " + end,
                        "spec.namespaces[0]",
                        "should match"));
    }

    private static Arguments exception(String spec, String path, String message) {
        return Arguments.of("{" + spec + "}", path, message);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("exceptionsThatMustNotBeStored")
    void anExceptionThatExemptsMoreThanItNamesIsRefused(String spec, String path, String message) {
        assertRefused("ImagePolicyException", spec, path, message);
    }

    @Test
    void aTrustRootIsGivenInOneWay() {
        assertRefused("TrustRoot", "{}", "spec", "exactly one of 'trustedRoot' and 'configMapRef'.");
        assertRefused(
                "TrustRoot",
                "{trustedRoot: '{}', configMapRef: {name: a}}",
                "spec",
                "exactly one of 'trustedRoot' and 'configMapRef'.");
        assertRefused(
                "TrustRoot",
                "{remote: {mirror: 'https://a'}}",
                "spec.remote",
                "'remote' is not supported by this version.");
    }
}
