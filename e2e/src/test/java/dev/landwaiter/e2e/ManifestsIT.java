package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects of manifests/ as an API server understands them. */
@OnRealCluster
class ManifestsIT {
    private static final Pattern NAMESPACE_NOT_FOUND = Pattern.compile("namespaces \"([a-z-]+)\" not found");

    private final Session session;
    private final Cluster cluster;

    ManifestsIT(Session session) {
        this.session = session;
        this.cluster = session.cluster();
    }

    static Stream<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(Folders.manifests().resolve("samples"))) {
            return files.toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleIsAcceptedAsItStands(Path sample) {
        Command create = cluster.kubectl("create", "-f", sample.toString(), "--dry-run=server");
        Command.Result result = create.run();
        // a namespace that the sample is for must be there even for a dry run
        Matcher absent = NAMESPACE_NOT_FOUND.matcher(result.err());
        if (absent.find()) {
            cluster.kubectl("create", "namespace", absent.group(1)).output();
            result = create.run();
            cluster.kubectl("delete", "namespace", absent.group(1)).output();
        }
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out()).contains("created (server dry run)");
    }

    @Test
    void shortNamesAreRefusedWhereTheCheckIsApplied() {
        String check = Folders.manifests()
                .resolve("checks/fully-qualified-images.yaml")
                .toString();
        try (Tenant tenant = session.tenantWithoutOptIn("short")) {
            cluster.kubectl("create", "-f", check).output();
            try {
                Command.Result refused = Await.until(
                        "the check is in force",
                        () -> tenant.create(tenant.pod("short", "nginx:1"), "--dry-run=server"),
                        result -> result.exit() != 0);
                assertThat(refused.err())
                        .contains(
                                "Could not admit image \"nginx:1\": it names no registry. Write it in full, for instance docker.io/library/nginx:1.");
                for (String image : new String[] {"docker.io/library/nginx:1", "localhost/app", "registry:5000/app"}) {
                    Command.Result full = tenant.create(tenant.pod("full", image), "--dry-run=server");
                    assertThat(full.exit()).as(full.err()).isZero();
                }
                assertThat(tenant.create(tenant.pod("team", "acme/api:1.4"), "--dry-run=server")
                                .exit())
                        .isEqualTo(1);
            } finally {
                cluster.kubectl("delete", "-f", check).output();
            }
        }
    }

    @Test
    void policiesAreListedWithTheirModeAndCanBeSelectedByIt() {
        try (Tenant tenant = session.tenantWithoutOptIn("columns")) {
            String name = tenant.policy("audit", """
                    mode: audit
                    images: [{glob: a/b}]
                    authorities: [{static: {action: fail}}]
                    """);
            String table = cluster.kubectl("get", "clusterimagepolicies", "--field-selector", "spec.mode=audit")
                    .output();
            assertThat(table.lines().findFirst().orElseThrow().split("\\s+"))
                    .containsExactly("NAME", "MODE", "READY", "REASON", "AGE");
            assertThat(table.lines()
                            .filter(line -> line.startsWith(name))
                            .findFirst()
                            .orElseThrow()
                            .split("\\s+"))
                    .contains(name, "audit", "True");
            assertThat(cluster.kubectl("get", "cip", "--field-selector", "spec.mode=warn", "-o", "name")
                            .output())
                    .doesNotContain(name);
        }
    }

    @Test
    void theServiceAccountMayDoJustWhatTheProgramNeeds() {
        assertThat(may("get", "secrets")).isTrue();
        assertThat(may("list", "secrets")).isFalse();
        assertThat(may("watch", "secrets")).isFalse();
        assertThat(may("get", "serviceaccounts")).isTrue();
        assertThat(may("list", "namespaces")).isTrue();
        assertThat(may("update", "namespaces")).isFalse();
        assertThat(may("watch", "clusterimagepolicies.landwaiter.dev")).isTrue();
        assertThat(may("patch", "clusterimagepolicies.landwaiter.dev")).isFalse();
        assertThat(may("patch", "clusterimagepolicies.landwaiter.dev", "--subresource=status"))
                .isTrue();
        for (String kind : List.of("imagepolicies", "imagepolicyexceptions", "trustroots")) {
            assertThat(may("watch", kind + ".landwaiter.dev")).isTrue();
            assertThat(may("patch", kind + ".landwaiter.dev")).isFalse();
            assertThat(may("patch", kind + ".landwaiter.dev", "--subresource=status"))
                    .isTrue();
        }
        assertThat(may("create", "pods")).isFalse();
        assertThat(may("get", "configmaps")).isFalse();
        // keys and trust roots of policies, in its own namespace alone
        assertThat(may("watch", "secrets", "--all-namespaces=false", "--namespace=landwaiter"))
                .isTrue();
        assertThat(may("watch", "configmaps", "--all-namespaces=false", "--namespace=landwaiter"))
                .isTrue();
        assertThat(may("update", "secrets", "--all-namespaces=false", "--namespace=landwaiter"))
                .isFalse();
    }

    private boolean may(String verb, String resource, String... flags) {
        return cluster.kubectl("auth", "can-i", verb, resource, "--all-namespaces")
                        .and("--as=system:serviceaccount:landwaiter:landwaiter")
                        .and(flags)
                        .run()
                        .exit()
                == 0;
    }

    @Test
    @Tag("attack-33")
    @DisplayName(
            "Attack 33: a tenant who may edit the namespace can't change its opt-in, by none of the ways to write labels")
    void aTenantCannotChangeTheOptIn() {
        try (Tenant tenant = session.tenant("label");
                Editor bob = new Editor(session, tenant.namespace())) {
            String removal = "{\"metadata\": {\"labels\": {\"landwaiter.dev/admission\": null}}}";
            String refusal =
                    ("ValidatingAdmissionPolicy 'landwaiter-opt-in-guard' with binding 'landwaiter-opt-in-guard' denied request: "
                                    + "Could not change label landwaiter.dev/admission of namespace %1$s from 'enabled' to '': "
                                    + "%2$s is in none of the groups landwaiter:admins, system:masters. Ask a member of one of them to change it.")
                            .formatted(tenant.namespace(), bob.user());
            for (String subresource : new String[] {"", "--subresource=status"}) {
                Command patch = bob.kubectl("patch", "namespace", tenant.namespace(), "--type=merge", "-p", removal);
                Command.Result result = (subresource.isEmpty() ? patch : patch.and(subresource)).run();
                assertThat(result.exit()).isEqualTo(1);
                assertThat(result.err()).contains(refusal);
            }
            JsonNode withoutLabel = cluster.json("get", "namespace", tenant.namespace());
            ((ObjectNode) withoutLabel.at("/metadata/labels")).remove("landwaiter.dev/admission");
            Command.Result finalized = bob.kubectl("replace", "--raw")
                    .and("/api/v1/namespaces/" + tenant.namespace() + "/finalize", "-f", "-")
                    .reading(withoutLabel.toString())
                    .run();
            assertThat(finalized.err()).contains(refusal);
            bob.kubectl("label", "namespace", tenant.namespace(), "team=shop").output();
        }
    }

    @Test
    void theNamedGroupMayChangeTheOptInAndNobodyMayMisspellIt() {
        try (Tenant tenant = session.tenant("label");
                Editor bob = new Editor(session, tenant.namespace())) {
            Command label = bob.kubectl(
                    "--as-group=landwaiter:admins", "label", "--overwrite", "namespace", tenant.namespace());
            label.and("landwaiter.dev/admission=disabled").output();
            label.and("landwaiter.dev/admission=enabled").output();
            assertThat(label.and("landwaiter.dev/admission=Enabled").run().err())
                    .contains(
                            "Could not set label landwaiter.dev/admission of namespace " + tenant.namespace()
                                    + " to 'Enabled': this would leave it opted out without a word. Write 'enabled' or 'disabled', or leave the label out.");
        }
    }

    @Test
    @DisplayName("Labels by which policies select namespaces are guarded once an admin has named them")
    void aTenantCannotChangeALabelThatPoliciesSelectBy() {
        String policy = "validatingadmissionpolicy/landwaiter-opt-in-guard";
        String path = "/spec/variables/1/expression";
        assertThat(cluster.json("get", policy).at("/spec/variables/1/name").asText())
                .isEqualTo("selecting");
        try (Tenant tenant = session.tenant("selected");
                Editor bob = new Editor(session, tenant.namespace())) {
            Command label = bob.kubectl("label", "--overwrite", "namespace", tenant.namespace());
            label.and("environment=staging").output();
            cluster.kubectl("patch", policy, "--type=json")
                    .and(
                            "-p",
                            "[{\"op\": \"replace\", \"path\": \"%s\", \"value\": \"['team', 'environment']\"}]"
                                    .formatted(path))
                    .output();
            try {
                Command.Result refused = Await.until(
                        "the guard knows the label",
                        // another value each time: one that is there already changes nothing
                        () -> label.and("environment=production-" + System.nanoTime())
                                .run(),
                        result -> result.exit() != 0);
                assertThat(refused.err())
                        .contains(
                                "Could not change label environment of namespace %s: policies select namespaces by it, and %s is in none of the groups "
                                        .formatted(tenant.namespace(), bob.user()));
                assertThat(label.and("environment-").run().exit()).isEqualTo(1);
                label.and("other=free").output();
                bob.kubectl(
                                "--as-group=landwaiter:admins",
                                "label",
                                "--overwrite",
                                "namespace",
                                tenant.namespace(),
                                "environment=production")
                        .output();
            } finally {
                cluster.kubectl("patch", policy, "--type=json")
                        .and("-p", "[{\"op\": \"replace\", \"path\": \"%s\", \"value\": \"[]\"}]".formatted(path))
                        .output();
            }
        }
    }

    /** A user who may edit one namespace object in every way. */
    private record Editor(Session session, String namespace) implements AutoCloseable {
        Editor {
            session.cluster()
                    .kubectl("create", "-f", "-")
                    .reading("""
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: ClusterRole
                    metadata: {name: edit-%1$s}
                    rules:
                      - apiGroups: [""]
                        resources: [namespaces, namespaces/status, namespaces/finalize]
                        resourceNames: [%1$s]
                        verbs: [get, update, patch]
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: ClusterRoleBinding
                    metadata: {name: edit-%1$s}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit-%1$s}
                    subjects: [{kind: User, name: editor-of-%1$s}]
                    """.formatted(namespace))
                    .output();
            Await.until(
                    "the right to edit",
                    () -> session.cluster()
                            .kubectl("auth", "can-i", "patch", "namespace/" + namespace, "--as=editor-of-" + namespace)
                            .run(),
                    result -> result.exit() == 0);
        }

        String user() {
            return "editor-of-" + namespace;
        }

        Command kubectl(String... arguments) {
            return session.cluster().kubectl("--as=" + user()).and(arguments);
        }

        @Override
        public void close() {
            session.cluster()
                    .kubectl("delete", "clusterrole,clusterrolebinding", "edit-" + namespace)
                    .output();
        }
    }
}
