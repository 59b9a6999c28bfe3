package dev.landwaiter.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import dev.landwaiter.yaml.KubernetesYaml;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How results are printed. */
enum Output {
    TEXT,
    JSON,
    YAML;

    private static final JsonMapper JSON_MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final YAMLMapper READABLE =
            yaml(new AsText()).enable(YAMLGenerator.Feature.MINIMIZE_QUOTES).build();
    /** All keys and texts in double quotes, on one line each. */
    private static final YAMLMapper QUOTED = yaml(new Always()).build();

    /** Which the readable writer leaves as they are, although they end lines for readers of YAML 1.1, or escapes by names that not all know. */
    private static final Pattern SPECIAL = Pattern.compile("[\u0085\u2028\u2029\uFEFF]|\\\\[LP]");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    /** Quotes what is not the same text without quotes. */
    private static final class AsText extends StringQuotingChecker.Default {
        @Override
        public boolean needToQuoteName(String name) {
            return super.needToQuoteName(name) || isNotText(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || isNotText(value);
        }

        private static boolean isNotText(String text) {
            return !KubernetesYaml.isText(text);
        }
    }

    private static final class Always extends StringQuotingChecker {
        @Override
        public boolean needToQuoteName(String name) {
            return true;
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return true;
        }
    }

    private static YAMLMapper.Builder yaml(StringQuotingChecker quoting) {
        return YAMLMapper.builder(
                        YAMLFactory.builder().stringQuotingChecker(quoting).build())
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES);
    }

    /** {@code node} in YAML, ending in a line break: every reader sees the same in it. */
    static String yaml(JsonNode node) {
        String readable = text(READABLE, node);
        return SPECIAL.matcher(readable).find() ? spelledOut(text(QUOTED, node)) : readable;
    }

    /** Where all that is not ours stands in double quotes, so that every backslash begins an escape. */
    private static String spelledOut(String quoted) {
        return ESCAPE.matcher(quoted)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        switch (escape.group(1)) {
                            case "L" -> "\\u2028";
                            case "P" -> "\\u2029";
                            default -> escape.group();
                        }))
                .replace("\uFEFF", "\\uFEFF");
    }

    /** {@code node} in JSON, ending in a line break. */
    static String json(JsonNode node) {
        return text(JSON_MAPPER, node) + "\n";
    }

    private static String text(ObjectMapper mapper, JsonNode node) {
        try {
            return mapper.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
