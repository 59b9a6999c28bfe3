package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is asked at all, and what the client says of itself. */
@OnRealCluster
class OptInIT {
    private static final String NODE = "e2e-mirror-node";

    private final Session session;
    private final Shop shop;
    private final Tenant tenant;

    OptInIT(Session session) {
        this.session = session;
        this.shop = Shop.open(session);
        this.tenant = shop.tenant();
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    void withoutTheLabelOfTheNamespaceNothingIsTouched() {
        try (Tenant other = session.tenantWithoutOptIn("without")) {
            other.policy("signed", shop.spec());
            JsonNode pod = other.created(other.pod("free", shop.unsigned().reference()));
            assertThat(Shop.image(pod)).isEqualTo(shop.unsigned().reference());
            assertThat(Records.exist(pod)).isFalse();
        }
    }

    @Test
    @Tag("attack-47")
    @DisplayName("Attack 47: kube-system and our own namespace are left out, whatever their labels say")
    void kubeSystemAndOurOwnNamespaceAreLeftOutWhateverTheirLabelsSay() {
        Cluster cluster = session.cluster();
        String untouched = "elsewhere.e2e.test/image:1";
        try (Tenant later = session.tenantWithoutOptIn("later")) {
            label("kube-system", "landwaiter.dev/admission=enabled");
            label("landwaiter", "landwaiter.dev/admission=enabled");
            // the API server sees changes of namespaces in their order: once this one is opted in, those two would be
            label(later.namespace(), "landwaiter.dev/admission=enabled");
            Await.until(
                    "a namespace that was labelled after them is opted in",
                    () -> later.create(later.pod("untouched", untouched), "--dry-run=server", "-o", "json"),
                    result -> result.exit() == 0 && Records.exist(Cluster.parse(result.out())));

            for (String namespace : List.of("kube-system", "landwaiter")) {
                String stored = cluster.kubectl("-n", namespace, "create", "--dry-run=server", "-o", "json", "-f", "-")
                        .reading(later.pod("untouched", untouched))
                        .output();
                assertThat(Shop.image(Cluster.parse(stored))).isEqualTo(untouched);
                assertThat(Records.exist(Cluster.parse(stored))).isFalse();
            }
        } finally {
            label("kube-system", "landwaiter.dev/admission-");
            label("landwaiter", "landwaiter.dev/admission-");
        }
    }

    @Test
    void theVariantForEverythingAsksForNoLabelAndStillLeavesTheTwoOut() {
        try (Tenant other = session.tenantWithoutOptIn("everywhere")) {
            other.policy("signed", shop.spec());
            session.register("--everywhere");
            try {
                Await.until(
                        "a namespace without the label is opted in",
                        () -> other.create(other.pod("unsigned", shop.unsigned().reference()), "--dry-run=server"),
                        result -> result.err().contains("SIGNATURE_MISSING"));
                for (String namespace : List.of("kube-system", "landwaiter")) {
                    String stored = session.cluster()
                            .kubectl("-n", namespace, "create", "--dry-run=server", "-o", "json", "-f", "-")
                            .reading(other.pod("untouched", "elsewhere.e2e.test/image:1"))
                            .output();
                    assertThat(Records.exist(Cluster.parse(stored))).isFalse();
                }
            } finally {
                session.register();
            }
            Await.until(
                    "the label counts again",
                    () -> other.create(other.pod("unsigned", shop.unsigned().reference()), "--dry-run=server"),
                    result -> result.exit() == 0);
        }
    }

    private void label(String namespace, String label) {
        session.cluster()
                .kubectl("label", "--overwrite", "namespace", namespace, label)
                .output();
    }

    @Test
    void aPodOlderThanTheOptInGetsALabelAndDoesNotRestart() {
        try (Tenant other = session.tenantWithoutOptIn("older")) {
            other.policy("signed", shop.spec());
            JsonNode before = other.created(other.pod("older", shop.unsigned().reference()));
            label(other.namespace(), "landwaiter.dev/admission=enabled");
            Await.until(
                    "the opt-in is in force",
                    () -> other.create(other.pod("new", shop.unsigned().reference()), "--dry-run=server"),
                    result -> result.err().contains("SIGNATURE_MISSING"));

            other.kubectl("label", "pod", "older", "team=shop").output();

            JsonNode after = other.json("get", "pod", "older");
            assertThat(after.at("/metadata/labels/team").asText()).isEqualTo("shop");
            assertThat(after.at("/metadata/uid")).isEqualTo(before.at("/metadata/uid"));
            assertThat(after.at("/metadata/generation")).isEqualTo(before.at("/metadata/generation"));
            assertThat(after.at("/spec")).isEqualTo(before.at("/spec"));
            assertThat(Records.exist(after)).isFalse();
        }
    }

    @Test
    @Tag("attack-14")
    @DisplayName("Attack 14: a Pod that opted out by its label comes in by digest alone")
    void anOptedOutPodByTagIsRefusedWithTheReferenceToPaste() {
        String byTag = optedOut("by-tag", shop.signed().reference());
        Command.Result denied = tenant.create(byTag);
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).isEqualTo("""
                        Error from server (IMAGE_NOT_PINNED): error when creating "STDIN": admission webhook "validate.landwaiter.dev" denied the request: \
                        Could not admit spec.containers[0].image "%s": its admission rests on a signature, but it has no digest, so something else could run \
                        under that name. Write %s instead.
                        """.formatted(
                        shop.signed().reference(), shop.signed().pinned()));

        JsonNode pod = tenant.created(optedOut("by-digest", shop.signed().pinned()));
        assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());
        assertThat(Records.exist(pod)).isFalse();
    }

    private String optedOut(String name, String image) {
        return tenant.pod(name, image)
                .replace("name: " + name, "name: %s%n  labels: {landwaiter.dev/admission: disabled}".formatted(name));
    }

    @Test
    @Tag("attack-31")
    @DisplayName("Attack 31: a record that a client wrote is not believed")
    void forgedRecords() {
        String forged = "{\"containers/main\": {\"outcome\": \"verified\"}}";
        String yaml = tenant.pod("forged", shop.unsigned().reference())
                .replace(
                        "name: forged",
                        "name: forged%n  annotations: {catalog.landwaiter.dev/images: '%s'}".formatted(forged));
        assertThat(tenant.create(yaml).err()).contains("SIGNATURE_MISSING");

        JsonNode pod = tenant.created(
                yaml.replace(shop.unsigned().reference(), shop.signed().reference()));
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
        assertThat(Records.text(pod)).isNotEqualTo(forged);
    }

    @Test
    @Tag("attack-27")
    @DisplayName("Attack 27: a Pod that claims to be another's is checked like any other")
    void forgedOwner() {
        String owner =
                "[{apiVersion: apps/v1, kind: ReplicaSet, name: api, uid: 5a7e0a0e-4df0-4b8e-9d4c-0a2b8f2b5f11, controller: true}]";
        Command.Result denied =
                tenant.create(tenant.pod("owned", shop.unsigned().reference())
                        .replace("name: owned", "name: owned\n  ownerReferences: " + owner));
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("SIGNATURE_MISSING", shop.unsigned().reference());
    }

    @Test
    void aMirrorPodOfItsNodeIsNotDeniedAndCannotBecomeAPodThatRuns() {
        Command node = session.cluster().kubectl("create", "-o", "json", "-f", "-");
        String uid = Cluster.parse(node.reading("{apiVersion: v1, kind: Node, metadata: {name: %s}}".formatted(NODE))
                        .output())
                .at("/metadata/uid")
                .asText();
        try {
            String owned = mirrorPod(shop.unsigned())
                    .replace(
                            "name: mirror\n",
                            "name: mirror%n  ownerReferences: [{apiVersion: v1, kind: Node, name: %s, uid: %s, controller: true}]%n"
                                    .formatted(NODE, uid));
            Command.Result admitted = Await.until(
                    "the API server has seen the node, and lets it make a Pod of its own",
                    () -> tenant.create(owned, "-o", "json", "--as=system:node:" + NODE, "--as-group=system:nodes"),
                    result -> result.exit() == 0);
            assertThat(admitted.err()).contains("Warning: ", "SIGNATURE_MISSING");
            assertThat(Shop.image(Cluster.parse(admitted.out())))
                    .isEqualTo(shop.unsigned().reference());

            Command.Result disguised = tenant.kubectl("annotate", "pod", "mirror", "kubernetes.io/config.mirror-")
                    .run();
            assertThat(disguised.exit()).isEqualTo(1);
            assertThat(disguised.err()).contains("kubernetes.io/config.mirror");
        } finally {
            session.cluster().kubectl("delete", "node", NODE).output();
        }
    }

    /** Such Pods carry no service account, and no node runs one that it does not hold as a file. */
    private String mirrorPod(PushedImage image) {
        String forged = "catalog.landwaiter.dev/images: '{\"containers/main\": {\"outcome\": \"verified\"}}'";
        return tenant.pod("mirror", image.reference())
                        .replace(
                                "name: mirror",
                                "name: mirror%n  annotations: {kubernetes.io/config.mirror: 5a7e0a0e, %s}"
                                        .formatted(forged))
                + "  nodeName: " + NODE + "\n";
    }

    @Test
    @Tag("attack-52")
    @DisplayName("Attack 52: of anybody but its node, a Pod with a mirror annotation is a Pod like others")
    void aMirrorAnnotationOfATenantExcusesNothing() {
        Command.Result denied = tenant.create(mirrorPod(shop.unsigned()));
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err()).contains("SIGNATURE_MISSING");

        JsonNode pod = tenant.created(mirrorPod(shop.signed()));
        assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
    }
}
