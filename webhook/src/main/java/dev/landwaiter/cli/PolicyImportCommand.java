package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.migrate.Note;
import dev.landwaiter.migrate.SigstoreImport;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.yaml.KubernetesYaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code policy import FILE...}: sigstore's policies in our words. */
@Command(
        name = "import",
        customSynopsis = "landwaiter policy import FILE|FOLDER...",
        sortOptions = false,
        header =
                "Writes policies of sigstore's policy-controller in our words, and says what can't be said the same way.",
        description = {
            "",
            "Reads ClusterImagePolicy and TrustRoot objects of policy.sigstore.dev, writes YAML to standard output, and to standard "
                    + "error a line for each difference: 'refused' where nothing was written for an object, 'stricter' where ours "
                    + "refuses more, 'note' where it decides the same. Nothing that is written is looser than what was read.",
            "Exit: 0 where all was imported, 1 where something was refused.",
            "For instance: kubectl get clusterimagepolicies.policy.sigstore.dev -o yaml > theirs.yaml",
            "              landwaiter policy import theirs.yaml > policies/imported.yaml"
        })
final class PolicyImportCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(arity = "1..*", paramLabel = "FILE|FOLDER", description = "what to read, in YAML or JSON")
    private List<Path> files = List.of();

    PolicyImportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        SigstoreImport.Imported imported = SigstoreImport.of(PolicyFiles.read(files, Limits.defaults()));
        Colour colour = surroundings.colour();
        imported.notes().forEach(note -> surroundings.err().println(line(note, colour)));
        surroundings.err().flush();
        String yaml = imported.objects().stream().map(Output::yaml).collect(Collectors.joining("---\n"));
        checkReadBack(imported.objects(), yaml);
        surroundings.out().print(yaml);
        surroundings.out().flush();
        return imported.refused() ? ExitCode.REFUSED : ExitCode.FINE;
    }

    /**
     * Reads what is about to be written as the webhook will, before anybody relies on it.
     *
     * @throws Failure where it is not read as {@code objects}
     */
    static void checkReadBack(List<ObjectNode> objects, String yaml) {
        Limits limits = Limits.defaults();
        KubernetesYaml.Documents read = new KubernetesYaml(limits, Limit.OBJECTS_FILE_BYTES)
                .read(yaml.getBytes(StandardCharsets.UTF_8), "what was imported");
        if (read.problem().isPresent() || !same(read.documents(), objects)) {
            throw new Failure(
                    Code.INTERNAL_ERROR,
                    "Could not write what was imported: it would be read as something else%s. Please report it with the files that were given."
                            .formatted(read.problem()
                                    .map(problem -> ", it is " + problem.text())
                                    .orElse("")));
        }
    }

    private static boolean same(List<JsonNode> read, List<ObjectNode> written) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return json.arrayNode()
                .addAll(read)
                .equals(PolicyImportCommand::compare, json.arrayNode().addAll(written));
    }

    /** Numbers count by their value: kubectl reads 1.0 as 1. */
    private static int compare(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.equals(other) ? 0 : 1;
    }

    private static String line(Note note, Colour colour) {
        String where = note.document() == 0
                ? note.file()
                : "%s, document %d, %s%s"
                        .formatted(
                                note.file(),
                                note.document(),
                                note.object(),
                                note.path().isEmpty() ? "" : ", " + note.path());
        return "%s: %s: %s".formatted(effect(note, colour), where, note.message());
    }

    private static String effect(Note note, Colour colour) {
        String name = note.effect().name().toLowerCase(Locale.ROOT);
        return switch (note.effect()) {
            case REFUSED -> colour.red(name);
            case STRICTER -> colour.yellow(name);
            case SAME -> colour.cyan("note");
        };
    }
}
