package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of documents that readers may take for different things ({@code confusing/documents.txt} of the core's tests): what containerd's
 * and go-containerregistry's own code take each for, beside what {@code landwaiter policy test} decides on it.
 */
class ConfusingDocumentsIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String REPOSITORY = "confusing/documents";
    private static final Duration WHILE = Duration.ofMinutes(5);
    private static final Path BESIDE = Folders.root().resolve("e2e/target/confusing-documents.txt");

    private static final Tools TOOLS = new Tools();
    /** By title, in the order of the table. */
    private static final Map<String, Row> ROWS = new HashMap<>();

    private static List<ConfusingDocument> table = List.of();
    private static Map<String, String> configurations = Map.of();

    /**
     * What became of one document.
     *
     * @param containerd the image that it would run by its name in the table, else why it would run none
     * @param crane the image that go-containerregistry takes it for, likewise
     * @param landwaiter {@code verified}, or {@code refused} and the code
     */
    private record Row(String containerd, String crane, String landwaiter) {}

    @BeforeAll
    static void askAll(@TempDir Path folder) throws IOException {
        TOOLS.script("build", "images", "choice").output();
        try (RawRegistry registry = RawRegistry.start(TOOLS)) {
            ConfusingImages images = new ConfusingImages(registry, REPOSITORY);
            configurations = images.push();
            SigningKey key = sign(registry.address() + "/" + REPOSITORY + "@" + images.digest("GOOD"), folder);
            table = ConfusingDocument.table();
            List<String> references = new ArrayList<>();
            for (ConfusingDocument document : table) {
                String tag = "row-" + references.size();
                registry.putRaw(REPOSITORY, tag, images.filled(document.served()), images.bytes(document.document()));
                references.add(registry.address() + "/" + REPOSITORY + ":" + tag);
            }
            List<JsonNode> taken = taken(references);
            List<JsonNode> decided = decided(references, registry.address(), key, folder);
            for (int i = 0; i < table.size(); i++) {
                ROWS.put(
                        table.get(i).title(),
                        new Row(
                                image(taken.get(i).path("containerd")),
                                image(taken.get(i).path("crane")),
                                decision(decided.get(i))));
            }
        }
        Files.writeString(BESIDE, sideBySide());
        System.out.println(sideBySide());
    }

    private static SigningKey sign(String canonical, Path folder) {
        String noServices = folder.resolve("no-services.json").toString();
        Path prefix = folder.resolve("release");
        TOOLS.program("cosign")
                .and("signing-config", "create", "--out", noServices)
                .output();
        TOOLS.program("cosign")
                .and("generate-key-pair", "--output-key-prefix", prefix.toString())
                .output();
        SigningKey key = new SigningKey(prefix);
        TOOLS.program("cosign")
                .and("sign", "--yes")
                .and(key.flags().toArray(String[]::new))
                .and("--signing-config", noServices, canonical)
                .output();
        return key;
    }

    /** A line for each reference. */
    private static List<JsonNode> taken(List<String> references) throws IOException {
        String lines = TOOLS.program("choice")
                .and("read", TOOLS.ca().toString(), "linux/amd64")
                .and(references.toArray(String[]::new))
                .within(WHILE)
                .output();
        List<JsonNode> all = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            all.add(JSON.readTree(line));
        }
        assertThat(all).hasSameSizeAs(references);
        return all;
    }

    private static List<JsonNode> decided(List<String> references, String registry, SigningKey key, Path folder)
            throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"), """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata: {name: signed}
                spec:
                  images: [{glob: "**"}]
                  authorities:
                  - name: release
                    key:
                      data: |
                %s""".formatted(key.publicPem().indent(8)));
        Command test = Command.of(Folders.root().resolve("landwaiter"), "policy", "test", "-o", "json")
                .and("-f", policy.toString(), "--timeout", "4m")
                .and("--registry-ca", registry + "=" + TOOLS.ca(), "--allow-address", "127.0.0.0/8")
                // all at one registry
                .and("--failure-ttl", "1ms")
                .within(WHILE);
        for (String reference : references) {
            test = test.and("--image", reference);
        }
        Command.Result result = test.run();
        assertThat(result.exit()).as(result.err()).isEqualTo(1);
        List<JsonNode> all = new ArrayList<>();
        JSON.readTree(result.out()).path("images").forEach(all::add);
        assertThat(all).hasSameSizeAs(references);
        return all;
    }

    private static String image(JsonNode taken) {
        String config = taken.path("config").asText("");
        return config.isEmpty() ? taken.path("error").asText() : configurations.getOrDefault(config, config);
    }

    private static String decision(JsonNode image) {
        JsonNode policy = image.path("policies").path(0);
        return policy.path("verdict").asText().equals("verified")
                ? "verified"
                : policy.path("verdict").asText().replace("rejected", "refused") + " "
                        + policy.path("code").asText();
    }

    private static String sideBySide() {
        StringBuilder text = new StringBuilder("%-62s | %-30s | %-24s | %s%n"
                .formatted("document", "landwaiter", "containerd", "go-containerregistry"));
        for (ConfusingDocument document : table) {
            Row row = row(document);
            text.append("%-62s | %-30s | %-24s | %s%n"
                    .formatted(document.title(), row.landwaiter(), shown(row.containerd()), shown(row.crane())));
        }
        return text.toString();
    }

    /** An image's name as it is, an error as what it comes to. */
    private static String shown(String taken) {
        return configurations.containsValue(taken) ? taken : "none";
    }

    private static Row row(ConfusingDocument document) {
        Row row = ROWS.get(document.title());
        if (row == null) {
            throw new AssertionError("The table has '%s' twice or not at all".formatted(document.title()));
        }
        return row;
    }

    @Test
    @Tag("attack-51")
    @DisplayName("Attack 51: whatever containerd's own code would run an unsigned image of is refused")
    void whatRunsAnUnsignedImageIsRefused() {
        SoftAssertions all = new SoftAssertions();
        for (ConfusingDocument document : table) {
            Row row = row(document);
            for (String taken : List.of(row.containerd(), row.crane())) {
                if (configurations.containsValue(taken) && !taken.equals("GOOD")) {
                    all.assertThat(row.landwaiter())
                            .as("%s: %s would run", document.title(), taken)
                            .startsWith("refused ");
                }
            }
        }
        all.assertAll();
    }

    @Test
    void whatIsDecidedIsWhatTheTableSays() {
        SoftAssertions all = new SoftAssertions();
        for (ConfusingDocument document : table) {
            all.assertThat(row(document).landwaiter()).as(document.title()).isEqualTo(document.decision());
        }
        all.assertAll();
    }

    @Test
    void whatIsAsItShouldBeRunsWhatWasSigned() {
        assertThat(table)
                .filteredOn(document -> document.decision().equals("verified"))
                .allSatisfy(document ->
                        assertThat(row(document).containerd()).isNotIn("EVIL", "ATTESTATION", "MIXED", "EMPTY"))
                .anySatisfy(document -> assertThat(row(document).containerd()).isEqualTo("GOOD"));
    }

    /** Else the table would show nothing: these are documents that containerd really runs the unsigned image of. */
    @Test
    void theDangerIsReal() {
        assertThat(List.of(
                        "manifests and Manifests",
                        "a long s folds to s",
                        "digest and Digest",
                        "the same key twice",
                        "one without a platform: containerd asks its configuration",
                        "Linux in capitals, which containerd does not mind",
                        "32 bits, which an amd64 node takes where there is nothing else",
                        "the annotation with a real platform"))
                .allSatisfy(title -> assertThat(ROWS.get(title))
                        .as(title)
                        .extracting(Row::containerd)
                        .isEqualTo("EVIL"));
    }
}
