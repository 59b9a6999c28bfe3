package dev.landwaiter.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A namespace with credentials for the registries, and policies that are for it alone. */
final class Tenant implements AutoCloseable {
    private final Session session;
    private final String namespace;
    private final List<String> policies = new ArrayList<>();

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
        ObjectNode config = Cluster.JSON.createObjectNode();
        ObjectNode auths = config.putObject("auths");
        for (Registry registry : Registry.values()) {
            auths.putObject(session.images().address(registry))
                    .put("username", "dev")
                    .put("password", password);
        }
        kubectl("create", "secret", "generic", name, "--type=kubernetes.io/dockerconfigjson")
                .and("--from-literal=.dockerconfigjson=" + config)
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

    /** Condition Ready of the policy as it is now; missing until the webhook has seen this generation. */
    JsonNode readiness(String policy) {
        JsonNode object = session.cluster().json("get", "clusterimagepolicy", policy);
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
        session.cluster()
                .kubectl("delete", "namespace", namespace, "--wait=false")
                .output();
    }
}
