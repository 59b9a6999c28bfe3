package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

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

    /** The record of a Pod's one image. */
    static JsonNode ofOnlyImage(JsonNode pod) {
        JsonNode records = Cluster.parse(text(pod));
        assertThat(records).as(text(pod)).hasSize(1);
        return records.iterator().next();
    }
}
