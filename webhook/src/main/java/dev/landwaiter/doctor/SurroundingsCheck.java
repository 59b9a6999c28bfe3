package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The injector of caBundle, the clocks, and who leads. */
final class SurroundingsCheck {
    /** From 1.21 on it always adds the new authority beside the old; 1.19 and 1.20 can be told not to. */
    private static final int MERGES_SINCE = 21;

    private static final Pattern VERSION = Pattern.compile(":v?1\\.([0-9]{1,4})\\.");
    private static final Duration MOST_SKEW = Duration.ofSeconds(30);
    private static final int LEASE_SECONDS = 15;

    private SurroundingsCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        snapshot.part(Part.INJECTORS).items().forEach(one -> lookAtInjector(one, findings));
        snapshot.skew()
                .filter(skew -> skew.abs().compareTo(MOST_SKEW) > 0)
                .ifPresent(skew -> findings.add(
                        FindingCode.CLOCK_SKEW,
                        "API server",
                        "Its clock is %d s %s of the one here. Certificates are then valid for one and not for the other, and exceptions end at another time."
                                .formatted(skew.abs().toSeconds(), skew.isNegative() ? "behind" : "ahead"),
                        "Check time synchronisation on both machines: this one, and the control plane's."));
        if (snapshot.part(Part.PODS).isKnown()) {
            lookAtLeases(snapshot, findings);
        }
    }

    private static void lookAtInjector(JsonNode deployment, Findings findings) {
        for (JsonNode container :
                deployment.path("spec").path("template").path("spec").path("containers")) {
            String image = container.path("image").asText();
            Matcher version = VERSION.matcher(image);
            if (version.find() && Integer.parseInt(version.group(1)) < MERGES_SINCE) {
                JsonNode meta = deployment.path("metadata");
                findings.add(
                        FindingCode.INJECTOR_OLD,
                        "Deployment \"%s/%s\""
                                .formatted(
                                        meta.path("namespace").asText(),
                                        meta.path("name").asText()),
                        "Its image is %s. Before 1.21 the injector may replace the authorities in caBundle where it should add the new one, so that replicas which still serve the old certificate are refused when the authority changes."
                                .formatted(image),
                        "Update cert-manager to 1.21 or newer, or take certificates.issuer: own.");
            }
        }
    }

    private static void lookAtLeases(Snapshot snapshot, Findings findings) {
        Set<String> pods = new HashSet<>();
        snapshot.part(Part.PODS).items().forEach(pod -> {
            boolean _ = pods.add(pod.path("metadata").path("name").asText());
        });
        for (JsonNode lease : snapshot.part(Part.LEASES).items()) {
            String name = lease.path("metadata").path("name").asText();
            String holder = lease.path("spec").path("holderIdentity").asText();
            boolean ours = name.startsWith(snapshot.installation().name());
            if (ours
                    && !holder.isEmpty()
                    && pods.stream().noneMatch(holder::startsWith)
                    && isOver(lease.path("spec"), snapshot.now())) {
                findings.add(
                        FindingCode.LEASE_HOLDER_GONE,
                        "Lease \"%s/%s\"".formatted(snapshot.installation().namespace(), name),
                        "It is held by \"%s\", which is no Pod of the namespace, and is not renewed: nobody renews certificates."
                                .formatted(holder),
                        "See that the controller's Deployment has a ready replica; it takes the Lease over by itself.");
            }
        }
    }

    private static boolean isOver(JsonNode spec, Instant now) {
        try {
            Instant renewed = Instant.parse(spec.path("renewTime").asText());
            return renewed.plusSeconds(spec.path("leaseDurationSeconds").asInt(LEASE_SECONDS))
                    .isBefore(now);
        } catch (DateTimeParseException e) {
            return true;
        }
    }
}
