package dev.landwaiter.policy;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Exceptions by the repositories that they name: they are asked for with every verdict that does not accept an image. Immutable. */
final class ExemptionIndex {
    static final ExemptionIndex EMPTY = new ExemptionIndex(List.of());

    private final List<Exemption> all;
    private final Map<String, List<Exemption>> byRepository = new HashMap<>();

    ExemptionIndex(List<Exemption> exemptions) {
        this.all = exemptions.stream()
                .sorted(Comparator.comparing(Exemption::name))
                .toList();
        for (Exemption exemption : all) {
            exemption.images().stream()
                    .map(Exemption.ExemptImage::repository)
                    .distinct()
                    .forEach(repository -> byRepository
                            .computeIfAbsent(repository, _ -> new ArrayList<>(1))
                            .add(exemption));
        }
    }

    /** By name; those that are broken or have ended among them. */
    List<Exemption> all() {
        return all;
    }

    /** As {@link PolicySet#exemption}. */
    Optional<Exemption> find(
            ImagePolicy policy, ImageReference reference, @Nullable Digest digest, String namespace, Instant now) {
        return byRepository.getOrDefault(reference.name(), List.of()).stream()
                .filter(exemption -> exemption.inForce(now) && exemption.covers(policy, reference, digest, namespace))
                .max(Comparator.comparing(Exemption::expires));
    }
}
