package dev.landwaiter.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the webhook has written on a Pod. */
final class Records {
    private static final String IMAGES = "catalog.landwaiter.dev/images";

    private Records() {}

    static boolean exist(JsonNode pod) {
        return pod.at("/metadata/annotations").has(IMAGES);
    }

    static String text(JsonNode pod) {
        return pod.at("/metadata/annotations").path(IMAGES).asText();
    }

    /** All of them, by slot: {@code containers/main}. */
    static JsonNode of(JsonNode pod) {
        return Cluster.parse(text(pod));
    }

    /** The whole annotation where {@code record} is that of the one container of {@link Tenant#pod}. */
    static JsonNode ofOne(JsonNode record) {
        return Cluster.JSON.createObjectNode().set("containers/main", record);
    }

    /** What stands there of an image that was verified by {@code key} under {@code policy}. */
    static JsonNode verified(PushedImage image, String policy, SigningKey key) {
        ObjectNode record = unchecked(image).put("outcome", "verified");
        record.putArray("policies").add(policy);
        record.putArray("signers").add(key.signer());
        return record;
    }

    /** What stands there of an image that no policy is for. */
    static ObjectNode unchecked(PushedImage image) {
        return Cluster.JSON
                .createObjectNode()
                .put("image", image.name())
                .put("tag", image.tag())
                .put("digest", image.digest())
                .put("platform", "linux/amd64")
                .put("outcome", "unchecked");
    }
}
