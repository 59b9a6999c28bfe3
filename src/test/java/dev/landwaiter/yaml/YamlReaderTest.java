package dev.landwaiter.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    private static YamlDocuments read(String yaml, Limits limits) {
        return new YamlReader(limits, Limit.POLICY_FILE_BYTES)
                .read(yaml.getBytes(StandardCharsets.UTF_8), "file \"a.yaml\"");
    }

    private static YamlNode tree(String yaml) {
        YamlDocuments read = read(yaml, Limits.defaults());
        assertThat(read.problem()).isEmpty();
        assertThat(read.documents()).hasSize(1);
        return read.documents().getFirst();
    }

    private static String problem(String yaml) {
        return read(yaml, Limits.defaults()).problem().orElseThrow().text();
    }

    private static YamlNode value(YamlNode mapping, String key) {
        return ((YamlNode.Mapping) mapping)
                .fields().stream()
                        .filter(field -> field.key().text().equals(key))
                        .findFirst()
                        .orElseThrow()
                        .value();
    }

    private static YamlNode.Scalar scalar(String text, YamlNode.Style style, int line, int column) {
        return new YamlNode.Scalar(text, style, dev.landwaiter.yaml.Tag.NONE, new Mark(line, column));
    }

    @Test
    void aScalarKeepsItsTextItsStyleAndItsPlace() {
        YamlNode root = tree("""
                plain: 0755
                single: 'a ''b'''
                double: "a\\tb"
                literal: |
                  x
                  y
                folded: >-
                  x
                  y
                list: [yes, "no"]
                """);

        assertThat(value(root, "plain")).isEqualTo(scalar("0755", YamlNode.Style.PLAIN, 1, 8));
        assertThat(value(root, "single")).isEqualTo(scalar("a 'b'", YamlNode.Style.SINGLE_QUOTED, 2, 9));
        assertThat(value(root, "double")).isEqualTo(scalar("a\tb", YamlNode.Style.DOUBLE_QUOTED, 3, 9));
        assertThat(value(root, "literal")).isEqualTo(scalar("x\ny\n", YamlNode.Style.LITERAL, 4, 10));
        assertThat(value(root, "folded")).isEqualTo(scalar("x y", YamlNode.Style.FOLDED, 7, 9));
        assertThat(value(root, "list"))
                .isEqualTo(new YamlNode.Sequence(
                        List.of(
                                scalar("yes", YamlNode.Style.PLAIN, 10, 8),
                                scalar("no", YamlNode.Style.DOUBLE_QUOTED, 10, 13)),
                        new Mark(10, 7)));
        assertThat(root.mark()).isEqualTo(new Mark(1, 1));
    }

    @Test
    void aTagIsWhatItsAuthorSays() {
        assertThat(tree("!!str 12"))
                .isEqualTo(new YamlNode.Scalar(
                        "12", YamlNode.Style.PLAIN, dev.landwaiter.yaml.Tag.STRING, new Mark(1, 1)));
    }

    @Test
    void columnsCountCharactersAsPeopleDo() {
        assertThat(value(tree("\"😀é\": x"), "😀é").mark()).isEqualTo(new Mark(1, 7));
        assertThat(problem("a: \"😀\" b")).startsWith("not well-formed at line 1, column 8 (");
        assertThat(problem("# 😀\n😀: \u0007")).startsWith("not well-formed at line 2, column 4 (");
    }

    @Test
    void keysAreInTheOrderInWhichTheyWereWritten() {
        assertThat(((YamlNode.Mapping) tree("{c: 1, a: 2, b: 3}")).fields())
                .extracting(field -> field.key().text())
                .containsExactly("c", "a", "b");
    }

    @Tag("attack-66")
    @Test
    void anAliasIsTheNodeThatItsAnchorIsAt() {
        YamlNode root = tree("a: &acme ghcr.io/acme/**\nb:\n  - glob: *acme\n");

        YamlNode item = ((YamlNode.Sequence) value(root, "b")).items().getFirst();
        assertThat(value(item, "glob")).isEqualTo(scalar("ghcr.io/acme/**", YamlNode.Style.PLAIN, 1, 4));
    }

    @Tag("attack-66")
    @Test
    void whatIsMergedGivesWayToWhatFollows() {
        YamlNode root = tree("a: &a {x: 1, y: 2}\nb: {<<: [*a, {y: 3, z: 4}], x: 5}\n");

        assertThat(((YamlNode.Mapping) value(root, "b")).fields())
                .extracting(field -> field.key().text() + "=" + ((YamlNode.Scalar) field.value()).text())
                .containsExactly("x=5", "y=2", "z=4");
    }

    @Tag("attack-66")
    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "a: *acme => not well-formed at line 1, column 4 (the alias *acme stands for nothing: write &acme where its value is, above, or put a text that begins with a star in quotes)",
                "a: &a [*a] => refused at line 1, column 8 (the alias *a stands within what it stands for: write out what is meant)",
                "{x: &a k, *a : v} => refused at line 1, column 11 (a key must be written as a text, not as an alias, list or mapping)",
                "{b: 1, <<: {b: 2}} => refused at line 1, column 2 (readers disagree whether this \"b\" counts or the one that << merges below it: put << first)",
                "{<<: [1]} => not well-formed at line 1, column 2 (<< merges mappings, and this is a single value: give it a mapping, or put the key in quotes)",
                "{b: 1, b: 2} => not well-formed at line 1, column 8 (the key \"b\" stands twice in one mapping, first at line 1, column 2: remove one)",
                "a: !acme x => refused at line 1, column 4 (the tag !acme means different things to different readers: remove it, or put a text that begins with an exclamation mark in quotes)",
                "a: !!binary aGk= => refused at line 1, column 4 (the tag !!binary means different things to different readers: remove it, or put a text that begins with an exclamation mark in quotes)",
                "a: {b:, c: 1} => refused at line 1, column 6 (without a space after it, some readers take the colon for a part of the key: put one there)",
                "a: [?b] => refused at line 1, column 5 (some readers take the question mark for the sign of a key: put the text in quotes)",
                "a: &x:y 1 => refused at line 1, column 4 (not every reader takes \"x:y\" for the name of an anchor: use letters, digits, - and _ alone, or put a text that begins with & or * in quotes)",
                "a: [b => not well-formed at line 1, column 6 (expected ',' or ']', but got <stream end>)",
                "a: @b => not well-formed at line 1, column 4 (found character '@' that cannot start any token.)",
                "'a:\tb' => not well-formed at line 1, column 3 (a tab stands where only spaces may: use spaces)",
                "'a: \"\\U92233720\"' => not well-formed at line 1, column 1 (the parser cannot read on after this: look for an escape that is no character)",
                "'a: \"\\U00110000\"' => not well-formed at line 1, column 7 (found unknown escape character 00110000)",
            })
    void whatIsNotReadIsToldWithItsPlace(String yaml, String problem) {
        assertThat(problem(yaml)).isEqualTo(problem);
    }

    @Tag("attack-66")
    @ParameterizedTest
    @MethodSource
    void whatReadersWouldCutDifferentlyIsRefused(String yaml, String problem) {
        assertThat(problem(yaml)).isEqualTo(problem);
    }

    static List<Arguments> whatReadersWouldCutDifferentlyIsRefused() {
        return List.of(
                Arguments.of(
                        "a: 1\n...\nb: 2",
                        "not well-formed at line 3, column 1 (expected '<document start>', but found '<block mapping start>')"),
                Arguments.of(
                        "a: 1\n---#\nb: 2",
                        "refused at line 2, column 1 (a line that begins with --- ends a document for some readers: put a space before it)"),
                Arguments.of(
                        "a: 1\n---  \u3000\nb: 2",
                        "refused at line 2, column 1 (a line that begins with --- ends a document for some readers: put a space before it)"),
                Arguments.of(
                        "a: 1\rb: 2",
                        "refused at line 1, column 5 (a carriage return alone ends a line for some readers and not for others: end lines with a line feed)"),
                Arguments.of(
                        "a: 1 # \u2028",
                        "refused at line 1, column 8 (U+2028 ends a line for some readers and not for others: write it as \"\\u2028\" in double quotes)"),
                Arguments.of(
                        "a: \ufeff",
                        "refused at line 1, column 4 (a byte order mark stands in the middle of the text: remove it)"),
                Arguments.of(
                        "a: \u0007",
                        "not well-formed at line 1, column 4 (YAML does not allow the character U+0007: remove it)"),
                Arguments.of(
                        "a: \"\\ud83d\"",
                        "not well-formed at line 1, column 4 (its escapes are half a character: write the whole one)"));
    }

    @Test
    void aFileThatIsNotUtf8IsToldByThePlaceOfTheByte() {
        byte[] latin = "a: 1\nb: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(new YamlReader(Limits.defaults(), Limit.POLICY_FILE_BYTES)
                        .read(latin, "x")
                        .problem()
                        .orElseThrow()
                        .text())
                .isEqualTo("not well-formed at line 2, column 7 (a byte there is not UTF-8: save the file in UTF-8)");
    }

    @Test
    void whatComesBeforeAProblemIsRead() {
        YamlDocuments read = read("a\n---\nb\n---\n[\n", Limits.defaults());

        assertThat(read.documents()).hasSize(2);
        assertThat(read.problem()).isPresent();
    }

    @Tag("attack-66")
    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{<<: [%s]}", "{x: [%s]}"})
    void aliasesThatStandForABillionNodesAreRefusedAndNotMade(String link) {
        StringBuilder yaml = new StringBuilder("a0: &a0 {lol: lol}\n");
        for (int i = 1; i < 60; i++) {
            yaml.append("a%d: &a%d %s%n".formatted(i, i, link.formatted(("*a" + (i - 1) + ",").repeat(10))));
        }

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read(yaml.toString(), Limits.defaults()))
                .withMessageMatching(
                        "Could not read file \"a\\.yaml\" up to line \\d, column \\d+: it exceeds the limit 'yaml-nodes' of 1000000 nodes\\. .*")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.LIMIT_EXCEEDED));
    }

    @Tag("attack-66")
    @Test
    void aTextThatAliasesRepeatCountsEachTime() {
        Limits limits = Limits.of(Map.of(Limit.POLICY_FILE_BYTES, 1_000L));
        String yaml = "[&a " + "x".repeat(400) + ",%s]";

        assertThat(read(yaml.formatted("*a"), limits).problem()).isEmpty();
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read(yaml.formatted("*a,*a"), limits))
                .withMessageStartingWith(
                        "Could not read file \"a.yaml\" up to line 1, column 409: it exceeds the limit 'policy-file-bytes' of 1000 bytes.");
    }

    @Test
    void nestingHasALimitThatAliasesDoNotEvade() {
        Limits limits = Limits.of(Map.of(Limit.YAML_DEPTH, 5L));

        assertThat(read("[[[[x]]]]", limits).problem()).isEmpty();
        assertThat(read("[&a [[x]], [*a]]", limits).problem()).isEmpty();
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("[[[[[x]]]]]", limits))
                .withMessageStartingWith(
                        "Could not read file \"a.yaml\" up to line 1, column 6: it exceeds the limit 'yaml-depth' of 5 levels.");
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("[&a [[x]], [[*a]]]", limits))
                .withMessageStartingWith(
                        "Could not read file \"a.yaml\" up to line 1, column 14: it exceeds the limit 'yaml-depth' of 5 levels.");
    }

    @Test
    void aTextThatIsTooLongIsNotBegun() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("[xx", Limits.of(Map.of(Limit.POLICY_FILE_BYTES, 2L))))
                .withMessageStartingWith(
                        "Could not read file \"a.yaml\": it exceeds the limit 'policy-file-bytes' of 2 bytes.");
    }

    /** The parser's own limit is three million characters, and is not in force. */
    @Test
    void aTextMayBeAsLongAsOurLimitSays() {
        int most = Limits.defaults().count(Limit.POLICY_FILE_BYTES);

        assertThat(tree("a: " + "x".repeat(most - 3)))
                .satisfies(root ->
                        assertThat(((YamlNode.Scalar) value(root, "a")).text()).hasSize(most - 3));
    }
}
