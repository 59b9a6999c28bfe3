package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConditionTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FIELD = "spec.authorities[0].attestations[0].policy.data";
    private static final String EXPECTED =
            ". Give a CEL expression over predicate, predicateType, subject or statement that is true or false.";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "predicate.buildType == 'https://actions.github.io/buildtypes/workflow/v1'",
                "predicateType == 'https://slsa.dev/provenance/v1' && _type == 'https://in-toto.io/Statement/v1'",
                "statement.predicate == predicate && statement.subject[0] == subject[0]",
                "subject.exists(s, s.digest.sha256.startsWith('4127'))",
                "predicate.runDetails.builder.id.matches('^https://github.com/acme/.+@refs/tags/v[0-9]{1,4}$')",
                "has(predicate.score) && predicate.score < 7 && predicate.score > 6.4",
                "predicate.count == 3 && predicate.count == 3.0",
                "!has(predicate.missing) || predicate.missing",
                "predicate.nothing == null",
                "predicate.packages.all(p, p.licence in ['MIT', 'Apache-2.0'])",
                "predicate.packages.filter(p, p.licence == 'MIT').size() == 1",
                "predicate.packages.map(p, p.name.upperAscii()) == ['ZLIB', 'JQ']",
                "timestamp(predicate.at) > timestamp('2026-01-01T00:00:00Z')",
                "predicate.big == 1e300",
            })
    void holdsOfAStatement(String expression) {
        assertThat(holds(expression)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "predicate.count > 3", "predicate.packages.exists(p, p.licence == 'GPL-3.0')"})
    void doesNotHoldOfAStatement(String expression) {
        assertThat(holds(expression)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "predicate.count ==|mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} at line 1, column 19",
                "prediacte.count == 3|undeclared reference to 'prediacte' (in container '') at line 1, column 1",
                "predicate.name.replace('a', 'b') == ''|undeclared reference to 'replace' (in container '') at line 1, column 23",
                "predicate.count + 1|it gives a value of type int instead of true or false",
                "'yes'|it gives a value of type string instead of true or false",
                "predicate.name.matches(predicate.pattern)|the regular expression that matches() takes must stand there as text",
                "predicate.name.matches('(')|the regular expression \"(\" can't be read: missing closing )",
            })
    void aMistakeIsToldWithItsPlace(String expression, String why) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Condition.compile(expression, FIELD))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.POLICY_BROKEN))
                .withMessage("Could not compile " + FIELD + ": " + why + EXPECTED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "predicate.missing == 1|at character 9: key 'missing' is not present in map",
                "predicate.count|it gives neither true nor false",
                "predicate.name + predicate.count == ''|at character 15: No matching overload for function '_+_'. Overload candidates: add_int64,add_uint64,add_double,add_string,add_bytes,add_list,add_timestamp_duration,add_duration_timestam…",
                "predicate.packages[7].name == ''|at character 18: Index out of bounds: 7",
            })
    void whatCannotBeToldIsARefusal(String expression, String why) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Condition.compile(expression, FIELD).holds(statement()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.ATTESTATION_REJECTED))
                .withMessage("Could not tell whether \"" + expression + "\" holds: " + why
                        + ". Guard what may be absent by has(…), or fix the attestation.");
    }

    @Test
    void aStatementWithoutAPredicateIsNotMadeUp() {
        ObjectNode without = JSON.createObjectNode().put("predicateType", "https://example.com/v1");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(
                        () -> Condition.compile("!has(predicate.bad)", FIELD).holds(without))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.ATTESTATION_REJECTED));
    }

    @ParameterizedTest
    @Tag("attack-9")
    @DisplayName("Attack 9: an expression that would cost much ends early, whatever hides the error that ended it")
    @ValueSource(
            strings = {
                "predicate.many.all(a, predicate.many.all(b, predicate.many.all(c, a + b + c >= 0)))",
                "predicate.many.all(a, predicate.many.all(b, a + b >= 0)) || true",
                "predicate.many.all(a, predicate == statement.predicate)",
                "predicate.many.map(a, predicate.many.map(b, [a, b])).size() > 0",
                "[predicate.text].map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a) != []",
                "[[0]].map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a])"
                        + ".map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a])"
                        + ".map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).map(a, [a, a]).all(a, a == a)",
                "predicate.text.contains(predicate.text2)",
                "predicate.text.matches('(a|aa|aaa|a*a*a*){1,100}b')",
                "predicate.many.exists(a, predicate.text.split('a').size() == a)",
            })
    void anExpensiveExpressionEndsEarly(String expression) {
        ObjectNode statement = statement();
        ObjectNode predicate = (ObjectNode) statement.path("predicate");
        IntStream.range(0, 5_000).forEach(predicate.putArray("many")::add);
        predicate.put("text", "a".repeat(200_000));
        predicate.put("text2", "a".repeat(100_000) + "b");
        Condition condition = Condition.compile(expression, FIELD);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> condition.holds(statement))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.ATTESTATION_REJECTED))
                .withMessageContaining(" holds: evaluating it on this attestation costs too much. ");
    }

    @ParameterizedTest
    @Tag("attack-9")
    @DisplayName("Attack 9: an expression that is large in itself is refused where it is read")
    @ValueSource(
            strings = {
                "predicate.name.matches('((a{1000}){1000}){1000}')",
                "predicate.name.matches('(((a|b){0,100}){0,100}){0,100}')",
                "predicate.name.matches(r'([^x\\]]{999}){999}')",
                "predicate.name.matches(r'(x{999}\\Q)\\E){999}')",
            })
    void aRegularExpressionThatRepeatsItselfIsRefused(String expression) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Condition.compile(expression, FIELD))
                .withMessageContaining("repeats too much of itself");
    }

    @Test
    @Tag("attack-9")
    @DisplayName("Attack 9: an endless or endlessly nested expression is refused where it is read")
    void anEndlessExpressionIsRefused() {
        for (String endless : List.of(
                "(".repeat(5_000),
                "[".repeat(3_000) + "]".repeat(3_000) + " == []",
                "true || ".repeat(4_000) + "true",
                "x".repeat(100_000))) {
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> Condition.compile(endless, FIELD))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.POLICY_BROKEN));
        }
    }

    @Test
    @Tag("attack-4")
    @DisplayName("Attack 4: an attestation stuffed with values is not looked at")
    void anAttestationStuffedWithValuesIsNotLookedAt() {
        ObjectNode statement = statement();
        IntStream.range(0, 250_000).forEach(((ObjectNode) statement.path("predicate")).putArray("many")::add);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Condition.compile("true", FIELD).holds(statement))
                .withMessageContaining("costs too much");
    }

    @Test
    @DisplayName("The conditions of docs/conditions.md hold of what they are meant for, and of nothing else")
    void theDocumentationsExamplesWork() throws IOException {
        String page = Files.readString(documentation("conditions.md"));
        String built = example(page, "data: predicate.buildDefinition");
        String scanned = example(page, "data: |");
        assertThat(
                        judged(
                                built,
                                "{'buildDefinition': {'externalParameters': {'workflow': {'repository': 'https://github.com/acme/api'}}}}"))
                .isTrue();
        assertThat(
                        judged(
                                built,
                                "{'buildDefinition': {'externalParameters': {'workflow': {'repository': 'https://github.com/acme/web'}}}}"))
                .isFalse();
        String results =
                "{'scanner': {'result': {'Results': [{'Target': 'a'}, {'Vulnerabilities': [{'Severity': '%s'}]}]}}}";
        assertThat(judged(scanned, results.formatted("HIGH"))).isTrue();
        assertThat(judged(scanned, results.formatted("CRITICAL"))).isFalse();
    }

    /** Of the repository, whichever of its folders the tests are run in. */
    private static Path documentation(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("docs").resolve(name))) {
                return folder.resolve("docs").resolve(name);
            }
        }
        throw new IllegalStateException(
                "docs/" + name + " is nowhere above " + Path.of("").toAbsolutePath());
    }

    /** The YAML text that begins so. */
    private static String example(String page, String start) throws IOException {
        int at = page.indexOf(start);
        assertThat(at).isPositive();
        int indent = at - page.lastIndexOf('\n', at) - 1;
        String block = page.substring(page.lastIndexOf('\n', at) + 1)
                .lines()
                .takeWhile(line -> line.startsWith(" ".repeat(indent)))
                .map(line -> line.substring(indent))
                .collect(Collectors.joining("\n"));
        return Yaml.tree(block).path("data").textValue();
    }

    private static boolean judged(String expression, String predicate) {
        ObjectNode statement = JSON.createObjectNode();
        statement.set("predicate", json(predicate.replace('\'', '"')));
        return Condition.compile(expression, FIELD).holds(statement);
    }

    @Test
    void aLargeBillOfMaterialsIsNoTrouble() {
        ObjectNode statement = statement();
        var packages = ((ObjectNode) statement.path("predicate")).putArray("packages");
        IntStream.range(0, 4_000)
                .forEach(i -> packages.addObject().put("name", "package-" + i).put("licence", "MIT"));
        assertThat(Condition.compile(
                                "predicate.packages.all(p, p.licence in ['MIT', 'Apache-2.0'] && !p.name.matches('^log4j-core'))",
                                FIELD)
                        .holds(statement))
                .isTrue();
    }

    @Test
    void manyMayAskAtTheSameTime() {
        Condition condition = Condition.compile("predicate.packages.exists(p, p.licence == 'MIT')", FIELD);
        List<Callable<Boolean>> all = IntStream.range(0, 200)
                .<Callable<Boolean>>mapToObj(i -> () -> condition.holds(statement()))
                .toList();
        assertThat(Parallel.all(all, Deadline.in(Duration.ofSeconds(20)), "the test"))
                .containsOnly(true);
    }

    @Test
    void itIsShownAsWritten() {
        assertThat(Condition.compile(" predicate.count==3 ", FIELD).text()).isEqualTo(" predicate.count==3 ");
    }

    private static boolean holds(String expression) {
        return Condition.compile(expression, FIELD).holds(statement());
    }

    private static ObjectNode statement() {
        return (ObjectNode) json("""
                {"_type": "https://in-toto.io/Statement/v1",
                 "subject": [{"digest": {"sha256": "4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f"}}],
                 "predicateType": "https://slsa.dev/provenance/v1",
                 "predicate": {
                   "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                   "runDetails": {"builder": {"id": "https://github.com/acme/api@refs/tags/v14"}},
                   "name": "api", "pattern": ".*", "count": 3, "score": 6.5, "big": 1e300, "nothing": null,
                   "at": "2026-11-20T21:58:15Z",
                   "packages": [{"name": "zlib", "licence": "MIT"}, {"name": "jq", "licence": "Apache-2.0"}]}}""");
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
