package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that brings images, and all that differs from one kind to another: a kind that is added is a row of
 * {@link WorkloadKinds}, and no branch anywhere.
 *
 * @param api how the API server names it
 * @param spec that its images stand in: of a controller that of its Pods
 * @param images where they stand, in the order in which they are told
 * @param podLabels the labels that its Pods get from it; null where they can't be told from the object
 * @param pull with whose credentials its images are pulled
 * @param handling what is done with it
 */
public record WorkloadKind(
        Api api,
        FieldPath spec,
        List<ImagePlace> images,
        @Nullable FieldPath podLabels,
        Pull pull,
        Handling handling) {
    public WorkloadKind {
        images = List.copyOf(images);
    }

    /**
     * How the API server names a kind.
     *
     * @param group {@code ""} for the core group
     * @param versions that are read; its places are the same in all of them
     * @param resource as webhooks are registered for it: {@code pods}
     * @param subresources that bring images, too; changes of metadata are dropped there
     */
    public record Api(String group, List<String> versions, String kind, String resource, Set<String> subresources) {
        public Api {
            versions = List.copyOf(versions);
            subresources = Set.copyOf(subresources);
        }
    }

    /**
     * With whose credentials images are pulled. The fields are the spec's.
     *
     * @param secrets a list of objects with names; null where the kind has no such field
     * @param account the ServiceAccount of its Pods; null where the kind has no such field
     * @param accountByName the ServiceAccount of Pods for which none is named, with <code>{name}</code> for the object's own name; {@code ""}
     *     for the namespace's default
     */
    public record Pull(
            @Nullable FieldPath secrets, @Nullable FieldPath account, String accountByName) {}

    /**
     * What is done with objects of a kind.
     *
     * @param pinned whether references get the digests that were verified; not in templates, where whoever keeps them in git would write
     *     them back
     * @param demandsDigests whether one that rests on a signature is refused without a digest
     * @param mirrored whether a node makes copies in the API server of what it runs already
     * @param advisory whether it is only warned of what its Pods will meet: never changed, never denied, and nothing is written for it
     */
    public record Handling(boolean pinned, boolean demandsDigests, boolean mirrored, boolean advisory) {}

    /** The names of the pull secrets that {@code object} names, in order: at most {@code most} of them. */
    public List<String> pullSecrets(JsonNode object, int most) {
        List<String> names = new ArrayList<>();
        if (pull.secrets() == null) {
            return names;
        }
        for (JsonNode secret : pull.secrets().in(spec.in(object))) {
            String name = secret.path("name").asText("");
            if (!name.isEmpty() && names.size() < most) {
                names.add(name);
            }
        }
        return names;
    }

    /** The ServiceAccount of the Pods of {@code object}, {@code ""} for its namespace's default. */
    public String serviceAccount(JsonNode object) {
        String named =
                pull.account() == null ? "" : pull.account().in(spec.in(object)).asText("");
        if (!named.isEmpty() || pull.accountByName().isEmpty()) {
            return named;
        }
        return pull.accountByName()
                .replace("{name}", object.path("metadata").path("name").asText(""));
    }

    /** The labels of the Pods of {@code object}, as far as the object tells them. */
    public Map<String, String> podLabels(JsonNode object) {
        if (podLabels == null) {
            return Map.of();
        }
        JsonNode written = podLabels.in(object);
        if (written.isEmpty()) {
            return Map.of();
        }
        Map<String, String> labels = new HashMap<>();
        written.properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }
}
