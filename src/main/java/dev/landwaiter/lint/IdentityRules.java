package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Map;

/** Of a keyless authority's identities: whether others can have them, too, or nobody can. */
final class IdentityRules {
    private static final String GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
    /** Issuers as Fulcio knows them, none of which ends in a slash. */
    private static final List<String> ISSUERS = List.of(
            GITHUB_ISSUER, "https://accounts.google.com", "https://github.com/login/oauth", "https://gitlab.com");

    private static final Pattern GITHUB = Pattern.compile("github\\\\?\\.com");
    private static final Pattern NAMED_REF = Pattern.compile("@refs/(heads|tags)/[(\\w]");
    /** What strangers have in their certificates, by the field that names it. */
    private static final Map<String, List<String>> STRANGERS = Map.of(
            "issuer", List.of("https://issuer.stranger.example"),
            "subject",
                    List.of(
                            "stranger@stranger.example",
                            "https://github.com/stranger/x/.github/workflows/x.yml@refs/heads/main",
                            "https://gitlab.com/stranger/x//.gitlab-ci.yml@refs/heads/main",
                            "spiffe://stranger.example/x"));

    private final PolicyObject policy;

    IdentityRules(PolicyObject policy) {
        this.policy = policy;
    }

    void check(JsonNode keyless, String path) {
        JsonNode identities = keyless.path("identities");
        if (identities.isEmpty()) {
            policy.found(
                    LintCode.KEYLESS_ANYONE,
                    path + ".identities",
                    "Without identities every signature counts that anyone made with an account of their own.",
                    "identities: [{issuer: \"%s\", subject: \"https://github.com/OWNER/REPO/.github/workflows/FILE@refs/heads/main\"}]"
                            .formatted(GITHUB_ISSUER));
        }
        for (int i = 0; i < identities.size(); i++) {
            identity(identities.get(i), path + ".identities[" + i + "]");
        }
    }

    private void identity(JsonNode identity, String path) {
        boolean issuer = given(identity, "issuer");
        boolean subject = given(identity, "subject");
        if (!issuer && !subject && !extended(identity)) {
            policy.found(LintCode.IDENTITY_EMPTY, path, "It asks for nothing: everyone's signature counts.");
        } else if (!issuer) {
            policy.found(
                    LintCode.IDENTITY_ANY_ISSUER,
                    path + ".issuer",
                    "Any issuer may vouch for the subject, also one that lets people choose it. Name the issuer.",
                    "issuer: \"" + GITHUB_ISSUER + "\"");
        } else if (!subject && !extended(identity)) {
            policy.found(
                    LintCode.IDENTITY_ANY_SUBJECT,
                    path + ".subject",
                    "Everyone with an account at the issuer counts. Name the subject, for instance the workflow that signs.");
        }
        for (String field : List.of("issuer", "subject")) {
            exact(identity.path(field).asText(""), field, path);
            if (!text(identity, field + "RegExp").isEmpty()) {
                pattern(text(identity, field + "RegExp"), field, path);
            }
        }
        identity.path("extensionsRegExp")
                .properties()
                .forEach(extension ->
                        anchors(extension.getValue().asText(""), extension.getKey(), path + ".extensionsRegExp"));
    }

    private static boolean extended(JsonNode identity) {
        return !identity.path("extensions").isEmpty()
                || !identity.path("extensionsRegExp").isEmpty();
    }

    private static boolean given(JsonNode identity, String field) {
        return !text(identity, field).isEmpty()
                || !text(identity, field + "RegExp").isEmpty();
    }

    private static String text(JsonNode identity, String field) {
        return identity.path(field).asText("");
    }

    private void exact(String text, String field, String path) {
        if (text.contains("*") || text.startsWith("^") || text.contains("\\.")) {
            policy.found(
                    LintCode.IDENTITY_WILDCARD,
                    path + "." + field,
                    "\"%s\" is compared letter by letter, and no certificate says that. Patterns go into %sRegExp."
                            .formatted(text, field),
                    pattern(field + "RegExp", asPattern(text)));
        }
        String bare = text.replaceFirst("^https?://", "").replaceFirst("/+$", "");
        ISSUERS.stream()
                .filter(known -> field.equals("issuer") && !known.equals(text) && known.equals("https://" + bare))
                .forEach(known -> policy.found(
                        LintCode.ISSUER_MISSPELT,
                        path + ".issuer",
                        "Certificates say \"%s\", letter by letter; \"%s\" never matches.".formatted(known, text),
                        "issuer: \"" + known + "\""));
    }

    private static String asPattern(String text) {
        return text.startsWith("^") ? text : "^" + text.replace(".", "\\.").replace("*", "[^/]*") + "$";
    }

    private void pattern(String pattern, String field, String path) {
        String at = path + "." + field + "RegExp";
        Pattern compiled;
        try {
            compiled = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            policy.found(
                    LintCode.PATTERN_INVALID, at, "It is not a valid RE2 expression: %s.".formatted(e.getMessage()));
            return;
        }
        String stranger = STRANGERS.getOrDefault(field, List.of()).stream()
                .filter(text -> compiled.matcher(text).find())
                .findFirst()
                .orElse("");
        if (!stranger.isEmpty()) {
            policy.found(
                    LintCode.PATTERN_MATCHES_STRANGERS,
                    at,
                    "'%s' also takes \"%s\". Name those who are meant.".formatted(pattern, stranger));
            return;
        }
        anchors(pattern, field + "RegExp", path);
        if (field.equals("subject")
                && github(pattern)
                && !NAMED_REF.matcher(pattern).find()) {
            anyRef(at);
        }
    }

    private static boolean github(String pattern) {
        return GITHUB.matcher(pattern).find();
    }

    private void anyRef(String at) {
        policy.found(
                LintCode.IDENTITY_ANY_REF,
                at,
                "Workflows of every branch, tag and pull request count, so everyone who may open one can sign. Name the ref: …@refs/heads/main$.");
    }

    private void anchors(String pattern, String field, String path) {
        boolean start = PatternText.anchoredStart(pattern);
        boolean end = PatternText.anchoredEnd(pattern);
        String escaped = PatternText.withDotsEscaped(pattern);
        if (!start) {
            policy.found(
                    LintCode.PATTERN_UNANCHORED,
                    path + "." + field,
                    "'%s' is searched for anywhere, so it is also found in the middle of a stranger's branch or repository name."
                            .formatted(pattern),
                    instead(field, pattern, PatternText.whole(escaped)));
        } else if (!end) {
            policy.found(
                    LintCode.PATTERN_OPEN_END,
                    path + "." + field,
                    "'%s' does not say where the text ends: it also takes %s."
                            .formatted(pattern, longer(PatternText.literal(pattern))),
                    pattern(field, ended(escaped)));
        }
        if (start && end && !escaped.equals(pattern)) {
            policy.found(
                    LintCode.PATTERN_DOT,
                    path + "." + field,
                    "A dot in '%s' stands for any character.".formatted(pattern),
                    instead(field, pattern, escaped));
        }
    }

    private static String longer(String literal) {
        return literal.isEmpty() ? "every longer text that begins so" : "\"%s-stranger…\"".formatted(literal);
    }

    /** The exact text where the pattern names one, else {@code repaired}. */
    private static String instead(String field, String pattern, String repaired) {
        String literal = PatternText.literal(pattern);
        boolean whole = ISSUERS.contains(literal)
                || (field.startsWith("subject") && literal.contains("@") && PatternText.namesWholeRef(literal));
        return whole
                ? "%s: \"%s\"".formatted(field.substring(0, field.length() - "RegExp".length()), literal)
                : pattern(field, repaired);
    }

    /** As YAML has it, where a backslash stays one. */
    private static String pattern(String field, String pattern) {
        return "%s: '%s'".formatted(field, pattern.replace("'", "''"));
    }

    /** Of a subject that names only an owner or a repository, what follows is a path of theirs. */
    private static String ended(String pattern) {
        return github(pattern)
                        && !pattern.contains("@")
                        && PatternText.alternatives(pattern).size() == 1
                ? pattern + "/"
                : PatternText.whole(pattern);
    }
}
