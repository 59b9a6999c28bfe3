package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Wherever a Pod names an image, and whenever it does. */
@OnRealCluster
class ImageSlotsIT {
    private final Shop shop;
    private final Images images;
    private final Tenant tenant;

    ImageSlotsIT(Session session) {
        this.shop = Shop.open(session);
        this.images = session.images();
        this.tenant = shop.tenant();
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    @Tag("attack-23")
    @DisplayName("Attack 23: an unsigned init container does not come in beside a signed container")
    void initContainers() {
        assertThat(image(tenant.created(withInitContainer("init", shop.signed())), "initContainers"))
                .isEqualTo(shop.signed().pinned());

        Command.Result denied = tenant.create(withInitContainer("init-unsigned", shop.unsigned()));
        assertThat(denied.err())
                .contains(
                        "SIGNATURE_MISSING",
                        "spec.initContainers[0].image",
                        shop.unsigned().reference());
    }

    private String withInitContainer(String name, PushedImage init) {
        return tenant.pod(name, shop.signed().reference())
                + """
                  initContainers:
                    - name: first
                      image: %s
                """.formatted(init.reference()).indent(0);
    }

    private static String image(JsonNode pod, String list) {
        return pod.at("/spec/" + list + "/0/image").asText();
    }

    @Test
    @Tag("attack-25")
    @DisplayName("Attack 25: an unsigned image does not come in as a volume")
    void imageVolumes() {
        JsonNode volume =
                tenant.created(withImageVolume("volume", shop.signed())).at("/spec/volumes/0");
        assertThat(volume.at("/image/reference").asText())
                .isEqualTo(shop.signed().pinned());

        Command.Result denied = tenant.create(withImageVolume("volume-unsigned", shop.unsigned()));
        assertThat(denied.err())
                .contains(
                        "SIGNATURE_MISSING",
                        "spec.volumes[0].image.reference",
                        shop.unsigned().reference());
    }

    private String withImageVolume(String name, PushedImage volume) {
        return tenant.pod(name, shop.signed().reference())
                + """
                  volumes:
                    - name: data
                      image: {reference: "%s"}
                """.formatted(volume.reference()).indent(0);
    }

    @Test
    @Tag("attack-24")
    @DisplayName("Attack 24: an unsigned image does not come in as an ephemeral container")
    void ephemeralContainers() {
        tenant.created(tenant.pod("debugged", shop.signed().reference()));
        PushedImage tool = images.pushSigned("shop/tool:1");

        tenant.kubectl("debug", "debugged", "-c", "tool", "--image=" + tool.reference(), "--", "sh")
                .output();
        JsonNode pod = tenant.json("get", "pod", "debugged");
        assertThat(image(pod, "ephemeralContainers")).isEqualTo(tool.pinned());
        assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());

        Command.Result denied = tenant.kubectl(
                        "debug",
                        "debugged",
                        "-c",
                        "bad",
                        "--image=" + shop.unsigned().reference(),
                        "--",
                        "sh")
                .run();
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err())
                .contains(
                        "SIGNATURE_MISSING",
                        "spec.ephemeralContainers[1].image",
                        shop.unsigned().reference());
    }

    @Test
    void aChangedImageOfARunningPodIsCheckedAndPinned() {
        tenant.created(tenant.pod("changed", shop.signed().reference()));
        PushedImage second = images.pushSigned("shop/api:2");

        tenant.kubectl("set", "image", "pod/changed", "main=" + second.reference())
                .output();
        JsonNode pod = tenant.json("get", "pod", "changed");
        assertThat(Shop.image(pod)).isEqualTo(second.pinned());
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(second)));

        Command.Result denied = tenant.kubectl(
                        "set", "image", "pod/changed", "main=" + shop.unsigned().reference())
                .run();
        assertThat(denied.err())
                .contains(
                        shop.unsigned().reference(),
                        "Could not find a signature of " + shop.unsigned().canonical());
        assertThat(Shop.image(tenant.json("get", "pod", "changed"))).isEqualTo(second.pinned());
    }
}
