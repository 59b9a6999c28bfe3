package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records are the webhook's alone, by whatever path somebody else tries to write them. */
@OnRealCluster
class RecordsIT {
    private static final String NODE = "e2e-node";

    private final Shop shop;
    private final Tenant tenant;

    RecordsIT(Session session) {
        this.shop = Shop.open(session);
        this.tenant = shop.tenant();
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    @Tag("attack-53")
    @DisplayName("Attack 53: finalizer, delete, patch to another image: the record does not stay with it")
    void aRecordDoesNotStayWithAnotherImage() {
        String yaml = tenant.pod("held", shop.signed().reference())
                .replace("name: held", "name: held\n  finalizers: [e2e.landwaiter.dev/hold]");
        assertThat(Records.of(tenant.created(yaml))).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
        try {
            tenant.kubectl("delete", "pod", "held", "--wait=false").output();
            tenant.kubectl("set", "image", "pod/held", "main=" + shop.unsigned().reference())
                    .output();

            JsonNode pod = tenant.json("get", "pod", "held");
            assertThat(Shop.image(pod)).isEqualTo(shop.unsigned().reference());
            assertThat(Records.exist(pod)).isFalse();
        } finally {
            tenant.kubectl("patch", "pod", "held", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}")
                    .output();
        }
    }

    @ParameterizedTest
    @Tag("attack-53")
    @DisplayName("Attack 53: no record is written by the subresource status")
    @ValueSource(
            strings = {
                "catalog.landwaiter.dev/images",
                "catalog.landwaiter.dev/config",
                "catalog.landwaiter.dev/modelkits",
                "landwaiter.dev/plan"
            })
    void noRecordIsWrittenByTheStatus(String key) {
        JsonNode before = tenant.created(tenant.pod("status", shop.signed().reference()));

        Command.Result denied = patchStatus("{\"metadata\":{\"annotations\":{\"%s\":\"{}\"}}}".formatted(key));

        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err())
                .contains(
                        "Could not write annotation %s of Pod %s/status: only Landwaiter's webhook writes it. Leave it out."
                                .formatted(key, tenant.namespace()));
        assertThat(patchStatus("{\"status\":{\"message\":\"fine\"},\"metadata\":{\"annotations\":{\"note\":\"x\"}}}")
                        .exit())
                .as("all else is written as ever")
                .isZero();
        JsonNode after = tenant.json("get", "pod", "status");
        assertThat(Records.text(after)).isEqualTo(Records.text(before));
        assertThat(after.at("/metadata/annotations/note").asText()).isEqualTo("x");
    }

    private Command.Result patchStatus(String patch) {
        return tenant.kubectl("patch", "pod", "status", "--subresource=status", "--type=merge", "-p", patch)
                .run();
    }

    @ParameterizedTest
    @Tag("attack-53")
    @DisplayName("Attack 53: no record is written by a binding")
    @ValueSource(strings = {"pods/bound/binding", "bindings"})
    void noRecordIsWrittenByABinding(String path) {
        tenant.created(tenant.pod("bound", shop.signed().reference()));
        ObjectNode binding =
                Cluster.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Binding");
        binding.putObject("metadata")
                .put("name", "bound")
                .putObject("annotations")
                .put("landwaiter.dev/plan", "x");
        binding.putObject("target").put("apiVersion", "v1").put("kind", "Node").put("name", NODE);

        Command.Result denied = bind(path, binding);

        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("Could not write annotation landwaiter.dev/plan of Pod ");
        binding.withObject("/metadata").remove("annotations");
        assertThat(bind(path, binding).exit()).isZero();
    }

    private Command.Result bind(String path, JsonNode binding) {
        return tenant.kubectl("create", "--raw")
                .and("/api/v1/namespaces/" + tenant.namespace() + "/" + path, "-f", "-")
                .reading(binding.toString())
                .run();
    }

    @Test
    void aNodeTellsTheStatusOfItsPodsWhateverTheirRecords() {
        String yaml = tenant.pod("running", shop.signed().reference()) + "  nodeName: " + NODE + "\n";
        ObjectNode pod = (ObjectNode) tenant.created(yaml);
        pod.withObject("/status").put("message", "told by its node");

        Command.Result told = tenant.kubectl("replace", "--raw")
                .and("/api/v1/namespaces/" + tenant.namespace() + "/pods/running/status", "-f", "-")
                .and("--as=system:node:" + NODE, "--as-group=system:nodes", "--as-group=system:authenticated")
                .reading(pod.toString())
                .run();

        assertThat(told.exit()).as(told.err()).isZero();
        JsonNode after = tenant.json("get", "pod", "running");
        assertThat(after.at("/status/message").asText()).isEqualTo("told by its node");
        assertThat(Records.of(after)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
    }
}
