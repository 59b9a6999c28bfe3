package dev.landwaiter.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.certs.SelfSignedAuthority;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each finding is silent where all is well, and fires where one thing is not. */
class ExaminationTest {
    record Case(FindingCode code, Consumer<FakeCluster> fault, boolean tried) {
        @Override
        public String toString() {
            return code.text();
        }
    }

    private static Case broken(FindingCode code, Consumer<FakeCluster> fault) {
        return new Case(code, fault, false);
    }

    private static Case tried(FindingCode code, int status, String yaml) {
        return new Case(
                code,
                cluster -> cluster.trial = new ClusterApi.Reply(status, FakeCluster.yaml(yaml), Optional.empty()),
                true);
    }

    private static void set(FakeCluster cluster, Part part, String pointer, String field, String yaml) {
        Object _ = ((ObjectNode) cluster.node(part).at(pointer)).set(field, FakeCluster.yaml(yaml));
    }

    private static Consumer<FakeCluster> both(String field, String yaml) {
        return cluster -> cluster.webhooks(one -> {
            Object _ = one.set(field, FakeCluster.yaml(yaml));
        });
    }

    private static Consumer<FakeCluster> leaf(List<String> names, Duration issuedBefore, Duration life) {
        return cluster -> {
            SelfSignedAuthority authority = new SelfSignedAuthority(
                    "older", Duration.ofDays(365), InstantSource.fixed(FakeCluster.NOW.minus(issuedBefore)));
            cluster.serve(authority.issueServer(names, life));
            cluster.bundle(authority.certificatePem());
        };
    }

    static Stream<Case> faults() {
        List<String> name = List.of("landwaiter.landwaiter.svc");
        return Stream.of(
                broken(FindingCode.CANNOT_LOOK, cluster -> cluster.forbid(Part.NAMESPACES)),
                broken(FindingCode.CANNOT_LOOK, FakeCluster::forbidReviews),
                broken(FindingCode.CONFIGURATION_MISSING, cluster -> cluster.put(Part.VALIDATING, "{items: []}")),
                broken(FindingCode.SEVERAL_INSTALLATIONS, cluster -> {
                    JsonNode other = cluster.node(Part.MUTATING).at("/items/0").deepCopy();
                    Object _ = ((ObjectNode) other.path("metadata")).put("name", "another");
                    Object _ = ((ArrayNode) cluster.node(Part.MUTATING).path("items")).add(other);
                }),
                broken(FindingCode.CONFIGURATIONS_DIFFER, cluster -> {
                    Object _ = cluster.webhook(Part.VALIDATING)
                            .set("objectSelector", FakeCluster.yaml("{matchLabels: {a: b}}"));
                }),
                broken(
                        FindingCode.RULES_INCOMPLETE,
                        both("rules", "[{apiGroups: [''], operations: [CREATE, UPDATE], resources: [pods]}]")),
                broken(FindingCode.FAIL_OPEN, both("failurePolicy", "Ignore")),
                broken(FindingCode.TIMEOUT_SHORT, both("timeoutSeconds", "2")),
                broken(FindingCode.MATCH_CONDITIONS_MISSING, both("matchConditions", "[]")),
                broken(
                        FindingCode.OWN_NAMESPACE_SELECTED,
                        both(
                                "namespaceSelector",
                                "{matchLabels: {landwaiter.dev/admission: enabled}, matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}")),
                broken(
                        FindingCode.KUBE_SYSTEM_SELECTED,
                        both(
                                "namespaceSelector",
                                "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [landwaiter]}]}")),
                broken(
                        FindingCode.OPTED_IN_BUT_EXCLUDED,
                        both(
                                "namespaceSelector",
                                "{matchLabels: {landwaiter.dev/admission: enabled}, matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, landwaiter, shop]}]}")),
                broken(FindingCode.NOTHING_OPTED_IN, cluster -> cluster.put(Part.NAMESPACES, "{items: []}")),
                broken(FindingCode.BUNDLE_MISSING, cluster -> cluster.bundle("")),
                broken(FindingCode.BUNDLE_UNREADABLE, cluster -> cluster.bundle("no certificate")),
                broken(
                        FindingCode.BUNDLE_EXPIRED,
                        cluster -> cluster.bundle(new SelfSignedAuthority(
                                        "gone",
                                        Duration.ofDays(1),
                                        InstantSource.fixed(FakeCluster.NOW.minus(Duration.ofDays(9))))
                                .certificatePem())),
                broken(FindingCode.CERTIFICATE_MISSING, cluster -> cluster.remove(Part.SECRET)),
                broken(FindingCode.CERTIFICATE_MISSING, cluster -> cluster.put(Part.SECRET, "{data: {}}")),
                broken(
                        FindingCode.CERTIFICATE_UNREADABLE,
                        cluster -> cluster.put(Part.SECRET, "{data: {tls.crt: bm9uZQ==, tls.key: bm9uZQ==}}")),
                broken(FindingCode.CERTIFICATE_EXPIRED, leaf(name, Duration.ofDays(31), Duration.ofDays(30))),
                broken(FindingCode.CERTIFICATE_EXPIRES, leaf(name, Duration.ofDays(28), Duration.ofDays(30))),
                broken(
                        FindingCode.CERTIFICATE_OF_OTHER_NAME,
                        leaf(List.of("other.landwaiter.svc"), Duration.ZERO, Duration.ofDays(30))),
                broken(
                        FindingCode.CERTIFICATE_NOT_TRUSTED,
                        cluster -> cluster.bundle(new SelfSignedAuthority(
                                        "stranger", Duration.ofDays(9), InstantSource.fixed(FakeCluster.NOW))
                                .certificatePem())),
                broken(
                        FindingCode.INJECTOR_OLD,
                        cluster -> set(
                                cluster,
                                Part.INJECTORS,
                                "/items/0/spec/template/spec/containers/0",
                                "image",
                                "'quay.io/jetstack/cert-manager-cainjector:v1.17.0'")),
                broken(FindingCode.RIGHT_MISSING, cluster -> cluster.deniedRights.add("watch trustroots")),
                broken(FindingCode.PULL_SECRETS_UNREADABLE, cluster -> cluster.deniedRights.add("get secrets")),
                broken(FindingCode.RIGHT_TOO_MUCH, cluster -> cluster.grantedRights.add("list secrets")),
                broken(
                        FindingCode.RIGHT_TOO_MUCH,
                        cluster -> cluster.grantedRights.add("patch mutatingwebhookconfigurations")),
                broken(FindingCode.DEPLOYMENT_MISSING, cluster -> cluster.put(Part.DEPLOYMENTS, "{items: []}")),
                broken(
                        FindingCode.NO_REPLICA_READY,
                        cluster -> set(cluster, Part.DEPLOYMENTS, "/items/0", "status", "{readyReplicas: 0}")),
                broken(
                        FindingCode.REPLICAS_NOT_READY,
                        cluster -> set(cluster, Part.DEPLOYMENTS, "/items/0", "status", "{readyReplicas: 1}")),
                broken(FindingCode.ONE_REPLICA, cluster -> {
                    set(cluster, Part.DEPLOYMENTS, "/items/0/spec", "replicas", "1");
                    set(cluster, Part.DEPLOYMENTS, "/items/0", "status", "{readyReplicas: 1}");
                }),
                broken(FindingCode.ONE_NODE, cluster -> set(cluster, Part.PODS, "/items/0/spec", "nodeName", "two")),
                broken(FindingCode.BUDGET_MISSING, cluster -> cluster.put(Part.BUDGETS, "{items: []}")),
                broken(
                        FindingCode.BUDGET_BLOCKS,
                        cluster -> set(
                                cluster,
                                Part.BUDGETS,
                                "/items/0",
                                "spec",
                                "{minAvailable: 100%, selector: {matchLabels: {app: landwaiter}}}")),
                broken(FindingCode.BUDGET_BLOCKS, cluster -> {
                    set(
                            cluster,
                            Part.BUDGETS,
                            "/items/0",
                            "spec",
                            "{minAvailable: 1, selector: {matchLabels: {app: landwaiter}}}");
                    cluster.put(
                            Part.AUTOSCALERS,
                            "{items: [{spec: {minReplicas: 1, scaleTargetRef: {name: landwaiter}}}]}");
                }),
                broken(FindingCode.SERVICE_MISSING, cluster -> cluster.remove(Part.SERVICE)),
                broken(
                        FindingCode.SERVICE_PORT_MISSING,
                        cluster -> set(cluster, Part.SERVICE, "/spec", "ports", "[{port: 444}]")),
                broken(FindingCode.NO_ENDPOINT, cluster -> cluster.put(Part.SLICES, "{items: []}")),
                broken(
                        FindingCode.NO_ENDPOINT,
                        cluster -> cluster.put(
                                Part.SLICES,
                                "{items: [{ports: [{port: 1}], endpoints: [{conditions: {ready: false}}]}]}")),
                tried(
                        FindingCode.WEBHOOK_UNREACHABLE,
                        500,
                        "{message: 'Internal error occurred: failed calling webhook \"mutate.landwaiter.dev\": connection refused'}"),
                tried(FindingCode.WEBHOOK_NOT_CALLED, 201, "{metadata: {}}"),
                tried(
                        FindingCode.TRIAL_DENIED,
                        403,
                        "{message: 'admission webhook \"validate.landwaiter.dev\" denied the request: Could not'}"),
                tried(
                        FindingCode.TRIAL_ADMITTED,
                        201,
                        "{metadata: {annotations: {catalog.landwaiter.dev/images: '{}'}}}"),
                tried(FindingCode.TRIAL_REFUSED, 404, "{message: 'namespaces \"shop\" not found'}"),
                tried(
                        FindingCode.CANNOT_LOOK,
                        403,
                        "{message: 'pods is forbidden: User \"me\" cannot create resource \"pods\"'}"),
                broken(FindingCode.DEFINITION_MISSING, cluster -> cluster.remove(Part.TRUST_ROOT_DEFINITION)),
                broken(
                        FindingCode.DEFINITION_NOT_ESTABLISHED,
                        cluster -> set(cluster, Part.TRUST_ROOT_DEFINITION, "", "status", "{conditions: []}")),
                broken(
                        FindingCode.DEFINITION_VERSION,
                        cluster -> set(
                                cluster,
                                Part.TRUST_ROOT_DEFINITION,
                                "/spec",
                                "versions",
                                "[{name: v9, served: true}]")),
                broken(FindingCode.GUARD_MISSING, cluster -> cluster.put(Part.GUARDS, "{items: []}")),
                broken(FindingCode.GUARD_UNBOUND, cluster -> cluster.put(Part.BINDINGS, "{items: []}")),
                broken(
                        FindingCode.OBJECT_NOT_READY,
                        cluster -> cluster.put(
                                Part.IMAGE_POLICIES,
                                "{items: [{metadata: {name: p, namespace: shop}, status: {conditions: [{type: Ready, status: 'False', reason: Broken, message: no key}]}}]}")),
                broken(FindingCode.CLOCK_SKEW, cluster -> cluster.date = FakeCluster.NOW.plus(Duration.ofMinutes(2))),
                broken(
                        FindingCode.LEASE_HOLDER_GONE,
                        cluster -> cluster.put(
                                Part.LEASES,
                                "{items: [{metadata: {name: landwaiter-controller}, spec: {holderIdentity: gone, renewTime: '2026-11-28T09:00:00.000000Z', leaseDurationSeconds: 15}}]}")));
    }

    @Test
    void whereAllIsWellNothingIsFound() {
        assertThat(new FakeCluster().findings(Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsFoundAndNothingElse(Case one) {
        FakeCluster cluster = new FakeCluster();
        one.fault().accept(cluster);
        List<DoctorFinding> findings = cluster.findings(one.tried() ? Optional.of("shop") : Optional.empty());

        Set<FindingCode> codes = findings.stream().map(DoctorFinding::code).collect(Collectors.toSet());
        // what follows from it is told as well
        codes.removeAll(Set.of(FindingCode.NOTHING_OPTED_IN));
        assertThat(codes.isEmpty() ? Set.of(FindingCode.NOTHING_OPTED_IN) : codes)
                .as("%s", findings)
                .containsExactly(one.code());
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.where()).isNotBlank();
            assertThat(finding.what()).isNotBlank();
            assertThat(finding.next()).endsWith(finding.next().contains("=enabled") ? "enabled" : ".");
        });
    }

    @Test
    void everyCodeHasACase() {
        Set<FindingCode> covered = faults().map(Case::code).collect(Collectors.toCollection(HashSet::new));
        assertThat(covered).containsExactlyInAnyOrderElementsOf(Arrays.asList(FindingCode.values()));
    }

    @Test
    void aMissingRightHidesNothingElse() {
        FakeCluster cluster = new FakeCluster();
        cluster.forbid(Part.SECRET);
        cluster.forbid(Part.MUTATING);
        cluster.bundle("");
        assertThat(cluster.findings(Optional.empty()))
                .extracting(DoctorFinding::code)
                .containsExactlyInAnyOrder(
                        FindingCode.BUNDLE_MISSING, FindingCode.CANNOT_LOOK, FindingCode.CANNOT_LOOK);
    }

    @Test
    void besideAClusterThereIsNoServiceToLookAt() {
        FakeCluster cluster = new FakeCluster();
        cluster.webhooks(one -> {
            Object _ = one.set("clientConfig", FakeCluster.yaml("{url: 'https://webhook.example.com:8443/mutate'}"));
        });
        for (Part part : List.of(Part.SERVICE, Part.SECRET, Part.SLICES)) {
            cluster.remove(part);
        }
        cluster.put(Part.DEPLOYMENTS, "{items: []}");
        assertThat(cluster.findings(Optional.empty())).isEmpty();
    }
}
