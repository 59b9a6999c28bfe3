package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.REFERENCE;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static dev.landwaiter.verify.Fixtures.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table {@code confusing/documents.txt}: each of its documents in a repository, under a policy that wants signatures. */
class ConfusingDocumentsTest {
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final Pattern PLACE =
            Pattern.compile("\\{(I|M|C|L|GOOD|EVIL|(?:bytes|digest|DIGEST|size|config|config-size) [^}]+)}");

    /** The images of the table: a manifest and its configuration's size, by name. */
    private final Map<String, byte[]> manifests = new LinkedHashMap<>();

    private final Map<String, byte[]> configs = new LinkedHashMap<>();
    private final FakeArtifacts artifacts = new FakeArtifacts();

    ConfusingDocumentsTest() {
        image("GOOD", "application/vnd.oci.image.layer.v1.tar+gzip");
        image("EVIL", "application/vnd.oci.image.layer.v1.tar+gzip");
        image("ATTESTATION", "application/vnd.in-toto+json");
        image("MIXED", "application/vnd.in-toto+json", "application/vnd.oci.image.layer.v1.tar+gzip");
        image("EMPTY");
        manifests.put("NESTED", bytes("{\"schemaVersion\":2,\"mediaType\":\"{I}\",\"manifests\":[{EVIL}]}"));
        manifests.forEach((name, content) -> {
            Digest digest = Digest.sha256(content);
            artifacts.put(digest.toString(), OciDocument.parse(content, digest, "", Limits.defaults(), name));
        });
        manifests.put("ABSENT", bytes("absent"));
        Digest good = digest("GOOD");
        byte[] payload = CosignSigner.simplePayload(REFERENCE.name(), good);
        artifacts.simple(good, payload, RELEASE.sign(payload));
    }

    /** A row of the table. */
    record Row(String title, String served, String decision, String document) {
        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(text().split("\n\n"))
                .map(block -> block.lines()
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .toList())
                .filter(lines -> !lines.isEmpty())
                .map(lines -> {
                    assertThat(lines).hasSize(4);
                    return new Row(lines.get(0), lines.get(1), lines.get(2), lines.get(3));
                });
    }

    private static String text() {
        try (InputStream in = ConfusingDocumentsTest.class.getResourceAsStream("/confusing/documents.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Tag("attack-51")
    @DisplayName(
            "Attack 51: a document that a container runtime could read otherwise is refused, and no entry goes without a verdict")
    void whatIsDecided(Row row) {
        assertThat(decision(row)).startsWith(expected(row));
    }

    /** As in the table: where it quotes the beginning of a reason, what is decided goes on. */
    private String decision(Row row) {
        byte[] content = bytes(row.document());
        Digest digest = Digest.sha256(content);
        OciDocument document;
        try {
            document = OciDocument.parse(
                    content, digest, filled(row.served()), Limits.defaults(), "manifest of " + REFERENCE);
        } catch (Failure e) {
            return "refused %s %s".formatted(e.code(), after(": ", e.message()));
        }
        Image image = new Image(REFERENCE, digest, document);
        return switch (verifier(artifacts).verify(image, policy(key("release", RELEASE)), ANYBODY, soon())) {
            case Verdict.Verified _ -> "verified";
            case Verdict.Rejected rejected ->
                "refused %s %s".formatted(rejected.code(), after("every manifest in it were: ", rejected.message()));
            case Verdict.Unavailable unavailable -> "not checked " + unavailable.code();
        };
    }

    private String expected(Row row) {
        return filled(row.decision());
    }

    private static String after(String start, String message) {
        int at = message.indexOf(start);
        return at < 0 ? "" : message.substring(at + start.length());
    }

    private void image(String name, String... layers) {
        byte[] config = bytes("{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"name\":\"%s\"}}}"
                .formatted(name));
        configs.put(name, config);
        List<String> described = Stream.of(layers)
                .map(type -> "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":2}"
                        .formatted(type, Digest.sha256(bytes("{}"))))
                .toList();
        manifests.put(
                name,
                bytes(
                        "{\"schemaVersion\":2,\"mediaType\":\"{M}\",\"config\":{\"mediaType\":\"{C}\",\"digest\":\"%s\",\"size\":%d},\"layers\":[%s]}"
                                .formatted(Digest.sha256(config), config.length, String.join(",", described))));
    }

    private static byte[] of(Map<String, byte[]> contents, String name) {
        return Objects.requireNonNull(contents.get(name), name);
    }

    private Digest digest(String name) {
        return Digest.sha256(of(manifests, name));
    }

    private String filled(String template) {
        return PLACE.matcher(template).replaceAll(place -> java.util.regex.Matcher.quoteReplacement(value(place)));
    }

    private String value(MatchResult place) {
        String[] words = place.group(1).split(" ", -1);
        return switch (words[0]) {
            case "I" -> MediaType.OCI_INDEX;
            case "M" -> MediaType.OCI_MANIFEST;
            case "C" -> MediaType.OCI_CONFIG;
            case "L" -> MediaType.DOCKER_LIST;
            case "digest" -> digest(words[1]).toString();
            case "DIGEST" -> "sha256:" + digest(words[1]).hex().toUpperCase(java.util.Locale.ROOT);
            case "size" -> Integer.toString(of(manifests, words[1]).length);
            case "config" -> Digest.sha256(of(configs, words[1])).toString();
            case "config-size" -> Integer.toString(of(configs, words[1]).length);
            case "bytes" -> place.group();
            default ->
                filled(
                        "{\"mediaType\":\"{M}\",\"digest\":\"{digest %1$s}\",\"size\":{size %1$s},\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}"
                                .formatted(words[0]));
        };
    }

    private byte[] bytes(String template) {
        String filled = filled(template);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int at = 0;
        var raw = Pattern.compile("\\{bytes ([0-9A-F]+)}").matcher(filled);
        while (raw.find()) {
            all.writeBytes(filled.substring(at, raw.start()).getBytes(StandardCharsets.UTF_8));
            all.writeBytes(HexFormat.of().parseHex(raw.group(1)));
            at = raw.end();
        }
        all.writeBytes(filled.substring(at).getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }
}
