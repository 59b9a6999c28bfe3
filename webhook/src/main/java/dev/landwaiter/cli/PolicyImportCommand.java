package dev.landwaiter.cli;

import dev.landwaiter.limit.Limits;
import dev.landwaiter.migrate.Note;
import dev.landwaiter.migrate.SigstoreImport;
import dev.landwaiter.policy.PolicyFiles;
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
        Colour colour = new Colour(surroundings.colours());
        imported.notes().forEach(note -> surroundings.err().println(line(note, colour)));
        surroundings.err().flush();
        surroundings.out().print(imported.objects().stream().map(Output::yaml).collect(Collectors.joining("---\n")));
        surroundings.out().flush();
        return imported.refused() ? ExitCode.REFUSED : ExitCode.FINE;
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
