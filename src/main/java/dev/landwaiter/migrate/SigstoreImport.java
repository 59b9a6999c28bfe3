package dev.landwaiter.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says in our words what sigstore's policy-controller is told by its ClusterImagePolicy and TrustRoot objects. Nothing is passed over in
 * silence, and nothing that is written accepts an image that theirs refused.
 *
 * @see <a href="https://github.com/sigstore/policy-controller/blob/main/docs/api-types/index-v1alpha1.md">policy-controller's objects</a>
 */
public final class SigstoreImport {
    private static final String GROUP = "policy.sigstore.dev/";

    private SigstoreImport() {}

    /**
     * What came of an import.
     *
     * @param objects ours, in the order of what was read
     * @param notes what is not the same
     */
    public record Imported(List<ObjectNode> objects, List<Note> notes) {
        public Imported {
            objects = List.copyOf(objects);
            notes = List.copyOf(notes);
        }

        /** Whether nothing was written for something. */
        public boolean refused() {
            return notes.stream().anyMatch(note -> note.effect() == Effect.REFUSED);
        }
    }

    /** Imports all that is in {@code files}. */
    public static Imported of(PolicyFiles files) {
        List<ObjectNode> objects = new ArrayList<>();
        List<Note> notes = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        List<PolicyFiles.Entry> entries = files.entries(unreadable);
        Set<String> trustRoots = trustRoots(entries);
        for (PolicyFiles.Entry entry : entries) {
            translated(entry, trustRoots, notes).ifPresent(objects::add);
        }
        for (String problem : unreadable) {
            int colon = problem.indexOf(": ");
            notes.add(new Note(
                    problem.substring(0, colon),
                    0,
                    "",
                    "",
                    Effect.REFUSED,
                    "The file is %s. Nothing after that was read.".formatted(problem.substring(colon + 2))));
        }
        return new Imported(objects, notes);
    }

    /** The names of theirs; where one can't be imported, that is told by itself. */
    private static Set<String> trustRoots(List<PolicyFiles.Entry> entries) {
        return entries.stream()
                .map(PolicyFiles.Entry::object)
                .filter(object ->
                        isTheirs(object) && object.path("kind").asText("").equals(PolicyReader.TRUST_ROOT_KIND))
                .map(object -> object.path("metadata").path("name").asText(""))
                .collect(Collectors.toSet());
    }

    private static boolean isTheirs(JsonNode object) {
        return object.path("apiVersion").asText("").startsWith(GROUP);
    }

    private static Optional<ObjectNode> translated(PolicyFiles.Entry entry, Set<String> trustRoots, List<Note> notes) {
        JsonNode object = entry.object();
        ImportedNode source = ImportedNode.of(entry, notes);
        boolean theirs = isTheirs(object);
        return switch (object.path("kind").asText("")) {
            case "ClusterImagePolicy" -> theirs ? new PolicyTranslation(source, trustRoots).policy() : foreign(source);
            case "TrustRoot" -> theirs ? new TrustRootTranslation(source).trustRoot() : foreign(source);
            default -> foreign(source);
        };
    }

    private static Optional<ObjectNode> foreign(ImportedNode source) {
        source.at("apiVersion")
                .note(
                        Effect.REFUSED,
                        "\"%s\" of \"%s\" is neither a ClusterImagePolicy nor a TrustRoot of policy.sigstore.dev."
                                .formatted(source.text("kind"), source.text("apiVersion")));
        return Optional.empty();
    }
}
