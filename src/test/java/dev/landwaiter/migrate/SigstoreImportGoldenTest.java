package dev.landwaiter.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder holds sigstore's objects, ours that come of them, and what is told; {@code -Dgolden.update=true} writes the latter two anew. */
class SigstoreImportGoldenTest {
    private static final Path FOLDER = Path.of("test", "resources", "migrate");
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.map(folder -> String.valueOf(folder.getFileName())).sorted().toList().stream();
        }
    }

    private static SigstoreImport.Imported imported(String name) {
        return SigstoreImport.of(PolicyFiles.read(FOLDER.resolve(name).resolve("input.yaml"), Limits.defaults()));
    }

    private static String yaml(ObjectNode object) {
        try {
            return YAML.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static String shown(Note note) {
        return "%s document %d %s %s%n    %s%n"
                .formatted(note.effect(), note.document(), note.object(), note.path(), note.message());
    }

    private static void golden(Path file, String content) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, content);
        }
        assertThat(content).isEqualTo(Files.readString(file));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatComesOfAnImportIsAsRecorded(String name) throws IOException {
        SigstoreImport.Imported imported = imported(name);

        golden(
                FOLDER.resolve(name).resolve("output.yaml"),
                imported.objects().stream().map(SigstoreImportGoldenTest::yaml).collect(Collectors.joining()));
        golden(
                FOLDER.resolve(name).resolve("notes.txt"),
                imported.notes().stream().map(SigstoreImportGoldenTest::shown).collect(Collectors.joining()));
    }

    /** Only Secrets and trust roots may be wanting: those are for the admin to bring along. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatIsWrittenCanBeApplied(String name) {
        PolicyReader reader = new PolicyReader();
        for (ObjectNode object : imported(name).objects()) {
            String problem = object.path("kind").asText().equals(PolicyReader.KIND)
                    ? reader.read(object).problem()
                    : reader.readTrustRoot(object).problem();
            assertThat(Stream.ofNullable(problem).flatMap(all -> Stream.of(all.split("; (?=spec)", -1))))
                    .allMatch(one -> one.contains("can't be followed")
                            || one.matches(".* names TrustRoot .* does not exist; .*"));
        }
    }
}
