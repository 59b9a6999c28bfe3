package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A namespace with credentials for the registries, and policies that are for it alone. */
final class Tenant implements AutoCloseable {
    private final Session session;
    private final String namespace;
    private final List<String> policies = new ArrayList<>();
    private final List<String> trustRoots = new ArrayList<>();

    private Tenant(Session session, String namespace) {
        this.session = session;
        this.namespace = namespace;
    }

    static Tenant create(Session session, String namespace, boolean optedIn) {
        Tenant tenant = new Tenant(session, namespace);
        session.cluster()
                .kubectl("create", "-f", "-")
                .reading("""
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels: {landwaiter.dev/admission: %s}
                """.formatted(namespace, optedIn ? "enabled" : "disabled"))
                .output();
        Await.until(
                "the service account of " + namespace,
                () -> tenant.kubectl("get", "serviceaccount", "default").run(),
                result -> result.exit() == 0);
        tenant.pullSecret("pull", "devpw");
        tenant.kubectl("patch", "serviceaccount", "default", "-p", "{\"imagePullSecrets\": [{\"name\": \"pull\"}]}")
                .output();
        return tenant;
    }

    String namespace() {
        return namespace;
    }

    Command kubectl(String... arguments) {
        return session.cluster().kubectl("-n", namespace).and(arguments);
    }

    JsonNode json(String... arguments) {
        return Cluster.parse(kubectl(arguments).and("-o", "json").output());
    }

    /** Credentials of both registries. */
    void pullSecret(String name, String password) {
        pullSecret(namespace, name, password, Registry.values());
    }

    /** Credentials of {@code registries}, in whichever namespace; gone with that. */
    void pullSecret(String inNamespace, String name, String password, Registry... registries) {
        ObjectNode config = Cluster.JSON.createObjectNode();
        ObjectNode auths = config.putObject("auths");
        for (Registry registry : registries) {
            auths.putObject(session.images().address(registry))
                    .put("username", "dev")
                    .put("password", password);
        }
        session.cluster()
                .kubectl("-n", inNamespace, "create", "secret", "generic", name)
                .and("--type=kubernetes.io/dockerconfigjson", "--from-literal=.dockerconfigjson=" + config)
                .output();
    }

    /** A ClusterImagePolicy for this namespace alone, once the webhook says that it holds. */
    String policy(String name, String spec) {
        String full = applyPolicy(name, spec);
        Await.until(
                "policy " + full + " is ready",
                () -> readiness(full),
                ready -> ready.path("status").asText().equals("True"));
        return full;
    }

    /** The same, whatever the webhook makes of it. */
    String applyPolicy(String name, String spec) {
        String full = namespace + "-" + name;
        policies.add(full);
        session.cluster()
                .kubectl("apply", "-f", "-")
                .reading("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata:
                  name: %s
                spec:
                  namespaceSelector:
                    matchLabels: {kubernetes.io/metadata.name: %s}
                %s
                """.formatted(full, namespace, spec.indent(2)))
                .output();
        return full;
    }

    /** An ImagePolicy, whatever the webhook makes of it. */
    void namespacedPolicy(String name, String spec) {
        kubectl("apply", "-f", "-").reading("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: ImagePolicy
                metadata:
                  name: %s
                spec:
                %s
                """.formatted(name, spec.indent(2))).output();
    }

    /** A TrustRoot that holds this trusted_root.json; of the whole cluster, so the name is made its own. */
    String trustRoot(String name, String json) {
        return trustRootOf(
                name, Cluster.JSON.createObjectNode().put("trustedRoot", json).toString());
    }

    String trustRootOf(String name, String spec) {
        String full = namespace + "-" + name;
        trustRoots.add(full);
        session.cluster()
                .kubectl("apply", "-f", "-")
                .reading("""
                apiVersion: landwaiter.dev/v1alpha1
                kind: TrustRoot
                metadata:
                  name: %s
                spec:
                %s
                """.formatted(full, spec.indent(2)))
                .output();
        return full;
    }

    /** Condition Ready of the policy as it is now; missing until the webhook has seen this generation. */
    JsonNode readiness(String policy) {
        return condition("clusterimagepolicy", policy);
    }

    /** The same of any kind. */
    JsonNode condition(String kind, String name) {
        JsonNode object = json("get", kind, name);
        for (JsonNode condition : object.at("/status/conditions")) {
            boolean current = condition.path("observedGeneration").asLong()
                    == object.at("/metadata/generation").asLong();
            if (condition.path("type").asText().equals("Ready") && current) {
                return condition;
            }
        }
        return Cluster.JSON.missingNode();
    }

    /** All images of {@code glob} need a signature by {@code key}. */
    String requireSignature(String glob, SigningKey key) {
        return policy("signed", signedBy(glob, key));
    }

    static String signedBy(String glob, SigningKey key) {
        return """
                images: [{glob: "%s"}]
                authorities:
                  - name: release
                    key:
                      data: |
                %s""".formatted(glob, key.publicPem().indent(8));
    }

    /** YAML of a Pod of one container that the restricted Pod Security Standard lets through. */
    String pod(String name, String image) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                spec:
                %s""".formatted(name, podSpec(image).indent(2));
    }

    static String podSpec(String image) {
        return """
                terminationGracePeriodSeconds: 0
                securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
                containers:
                  - name: main
                    image: %s
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """.formatted(image);
    }

    Command.Result create(String yaml, String... flags) {
        return kubectl("create", "-f", "-").and(flags).reading(yaml).run();
    }

    /** What becomes of a Pod of this image, by a dry run. */
    Command.Result tried(PushedImage image) {
        return create(pod("tried", image.reference()), "--dry-run=server", "-o", "json");
    }

    /** The record of an image that must be admitted without a warning, and be pinned. */
    JsonNode admits(PushedImage image) {
        Command.Result result = tried(image);
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        JsonNode pod = Cluster.parse(result.out());
        assertThat(pod.at("/spec/containers/0/image").asText()).isEqualTo(image.pinned());
        return Records.of(pod).path("containers/main");
    }

    /** What a person reads whose image must be denied. */
    String denies(PushedImage image) {
        Command.Result result = tried(image);
        assertThat(result.exit()).as(result.out()).isEqualTo(1);
        assertThat(result.err()).contains(image.reference());
        return result.err();
    }

    /** The Pod as stored. */
    JsonNode created(String yaml) {
        return Cluster.parse(
                kubectl("create", "-o", "json", "-f", "-").reading(yaml).output());
    }

    /** Its Pods of a label, once there are as many as expected. */
    List<JsonNode> pods(String label, int count) {
        return Await.until(
                count + " Pods of " + label,
                () -> {
                    List<JsonNode> found = new ArrayList<>();
                    json("get", "pods", "-l", label).path("items").forEach(found::add);
                    return found;
                },
                found -> found.size() == count);
    }

    @Override
    public void close() {
        if (!policies.isEmpty()) {
            session.cluster()
                    .kubectl("delete", "clusterimagepolicy", "--ignore-not-found")
                    .and(policies.toArray(String[]::new))
                    .output();
        }
        if (!trustRoots.isEmpty()) {
            session.cluster()
                    .kubectl("delete", "trustroot", "--ignore-not-found")
                    .and(trustRoots.toArray(String[]::new))
                    .output();
        }
        session.cluster()
                .kubectl("delete", "namespace", namespace, "--wait=false")
                .output();
    }
}
