package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Whether the Service that the API server calls leads anywhere. */
final class ServiceCheck {
    private static final int HTTPS = 443;

    private ServiceCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        String where = "Service \"%s/%s\""
                .formatted(
                        snapshot.installation().namespace(),
                        snapshot.installation().service());
        if (!snapshot.part(Part.SERVICE).isKnown()) {
            return;
        }
        Optional<JsonNode> service = snapshot.part(Part.SERVICE).object();
        if (service.isEmpty()) {
            findings.add(
                    FindingCode.SERVICE_MISSING,
                    where,
                    "It is not there, and the API server calls it: Pods of opted-in namespaces are refused.",
                    "Install again by helm upgrade.");
            return;
        }
        for (Configurations.Entry entry : Configurations.entries(snapshot)) {
            int port = entry.node()
                    .path("clientConfig")
                    .path("service")
                    .path("port")
                    .asInt(HTTPS);
            boolean there = false;
            for (JsonNode one : service.get().path("spec").path("ports")) {
                there |= one.path("port").asInt() == port;
            }
            if (!there) {
                findings.add(
                        FindingCode.SERVICE_PORT_MISSING,
                        where,
                        "It has no port %d, which the %s names.".formatted(port, entry.where()),
                        "Install again by helm upgrade.");
            }
        }
        if (snapshot.part(Part.SLICES).isKnown() && !hasReadyEndpoint(snapshot)) {
            findings.add(
                    FindingCode.NO_ENDPOINT,
                    where,
                    "No ready endpoint is behind it: the API server's call fails, and Pods of opted-in namespaces are refused.",
                    "See that replicas are ready, and that the Service's selector and target port are theirs.");
        }
    }

    private static boolean hasReadyEndpoint(Snapshot snapshot) {
        for (JsonNode slice : snapshot.part(Part.SLICES).items()) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (endpoint.path("conditions").path("ready").asBoolean(true)
                        && !slice.path("ports").isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }
}
