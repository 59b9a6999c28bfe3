package dev.landwaiter.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.PolicyReader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A ClusterImagePolicy of sigstore's policy-controller in our words. */
final class PolicyTranslation {
    private static final String NOT_IMPORTED = "The policy is not imported.";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final ImportedNode object;
    private final ImportedNode spec;
    private final Set<String> trustRoots;

    /**
     * @param trustRoots the names of those that are imported with it
     */
    PolicyTranslation(ImportedNode object, Set<String> trustRoots) {
        this.object = object;
        this.trustRoots = trustRoots;
        this.spec = object.at("spec");
    }

    /** Ours; empty, and a note, where it can't be said without being looser. */
    Optional<ObjectNode> policy() {
        boolean unknown = spec.hasUnknown(
                Set.of("images", "authorities", "policy", "mode", "match"), Effect.REFUSED, NOT_IMPORTED);
        if (unknown || refused()) {
            return Optional.empty();
        }
        ObjectNode ours = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", PolicyReader.API_VERSION)
                .put("kind", PolicyReader.KIND);
        ours.set("metadata", metadata(object));
        ObjectNode to = ours.putObject("spec");
        if (spec.has("mode")) {
            to.put("mode", spec.text("mode"));
        }
        boolean said = images(to.putArray("images")) && match(to) && authorities(to.putArray("authorities"));
        return said && isTaken(ours) ? Optional.of(ours) : Optional.empty();
    }

    /** Whether the webhook will take it; a note says why not. */
    private boolean isTaken(ObjectNode ours) {
        Optional<String> problem = ReadBack.problemOfPolicy(ours);
        problem.ifPresent(why -> object.note(
                Effect.REFUSED,
                "It can't be applied here: %s %s".formatted(AuthorityTranslation.ended(why), NOT_IMPORTED)));
        return problem.isEmpty();
    }

    private boolean refused() {
        if (spec.has("policy")) {
            spec.at("policy")
                    .note(
                            Effect.REFUSED,
                            "A condition over all authorities together can't be said here (%s). %s Say it as conditions of attestations, in CEL, and as a threshold."
                                    .formatted(included(), NOT_IMPORTED));
            return true;
        }
        String mode = spec.text("mode");
        if (!Set.of("", "enforce", "warn").contains(mode)) {
            spec.at("mode").note(Effect.REFUSED, "\"%s\" is not a mode of theirs. %s".formatted(mode, NOT_IMPORTED));
            return true;
        }
        if (spec.node().path("authorities").isEmpty()) {
            spec.at("authorities")
                    .note(
                            Effect.REFUSED,
                            "There is none, and what that means is not the same everywhere. " + NOT_IMPORTED);
            return true;
        }
        return false;
    }

    private String included() {
        StringBuilder more = new StringBuilder(spec.at("policy").text("type"));
        if (spec.at("policy").has("remote")) {
            more.append(", fetched from elsewhere");
        }
        for (String field : List.of("includeSpec", "includeObjectMeta", "includeTypeMeta", "fetchConfigFile")) {
            if (spec.node().path("policy").path(field).asBoolean()) {
                more.append(", ").append(field);
            }
        }
        return more.toString();
    }

    /** Name, labels and annotations, without what only belongs to an object of a cluster. */
    static ObjectNode metadata(ImportedNode object) {
        ObjectNode ours = JsonNodeFactory.instance.objectNode();
        ImportedNode metadata = object.at("metadata");
        ours.put("name", metadata.text("name"));
        for (String field : List.of("labels", "annotations")) {
            if (metadata.node().path(field) instanceof ObjectNode texts && !texts.isEmpty()) {
                ObjectNode copy = texts.deepCopy();
                copy.remove(LAST_APPLIED);
                if (!copy.isEmpty()) {
                    ours.set(field, copy);
                }
            }
        }
        return ours;
    }

    private boolean images(ArrayNode to) {
        ImportedNode images = spec.at("images");
        GlobTranslation translation = new GlobTranslation(passes());
        Set<String> globs = new LinkedHashSet<>();
        for (int i = 0; i < images.node().size(); i++) {
            ImportedNode image = images.at(i);
            boolean unknown = image.hasUnknown(
                    Set.of("glob"), Effect.REFUSED, "It may match images that no glob here does. " + NOT_IMPORTED);
            if (unknown) {
                return false;
            }
            globs.addAll(translation.globs(image));
        }
        globs.forEach(glob -> to.addObject().put("glob", glob));
        if (to.isEmpty()) {
            images.note(Effect.REFUSED, "No image is left that it is for. " + NOT_IMPORTED);
        }
        return !to.isEmpty();
    }

    /** Whether it passes everything: one authority of theirs is enough. */
    private boolean passes() {
        for (JsonNode authority : spec.node().path("authorities")) {
            if (authority.path("static").path("action").asText("").equals("pass")) {
                return true;
            }
        }
        return false;
    }

    /** Only Pods come before the webhook: a policy for other objects becomes one for every Pod, unless it passes everything. */
    private boolean match(ObjectNode to) {
        if (spec.node().path("match").isEmpty()) {
            return true;
        }
        ImportedNode match = spec.at("match");
        boolean pods = true;
        for (JsonNode one : match.node()) {
            pods &= one.path("group").asText("").isEmpty()
                    && one.path("version").asText("").equals("v1")
                    && one.path("resource").asText("").equals("pods");
        }
        if (pods) {
            to.set("match", match.node().deepCopy());
        } else if (passes()) {
            match.note(
                    Effect.REFUSED,
                    "Only Pods are checked here, and a pass for all of them would be looser. " + NOT_IMPORTED);
            return false;
        } else {
            match.note(
                    Effect.STRICTER,
                    "Only Pods are checked here, and what made them does not matter: left out, so that it is for every Pod.");
        }
        return true;
    }

    private boolean authorities(ArrayNode to) {
        ImportedNode authorities = spec.at("authorities");
        for (int i = 0; i < authorities.node().size(); i++) {
            new AuthorityTranslation(authorities.at(i), trustRoots).authority().ifPresent(to::add);
        }
        if (to.isEmpty()) {
            to.addObject()
                    .put("name", "import")
                    .putObject("static")
                    .put("action", "fail")
                    .put("message", "the policy's authorities could not be imported: ask a cluster admin");
            authorities.note(Effect.STRICTER, "None could be imported: the policy refuses every image that it is for.");
        }
        return true;
    }
}
