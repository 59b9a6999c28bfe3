package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.landwaiter.policy.TextMatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One signer in two authorities: with a threshold it counts as two who agree. Of keys, the reader says so. */
final class SignerRules {
    private final PolicyObject policy;

    SignerRules(PolicyObject policy) {
        this.policy = policy;
    }

    /**
     * An identity as it is asked for.
     *
     * @param path of it
     */
    private record Asked(String path, JsonNode node) {}

    void check() {
        if (policy.threshold() < 2) {
            return;
        }
        JsonNode authorities = policy.authorities();
        for (int later = 1; later < authorities.size(); later++) {
            for (int first = 0; first < later; first++) {
                JsonNode one = authorities.get(first).path("keyless");
                JsonNode other = authorities.get(later).path("keyless");
                // whoever has a name at one Sigstore need not have it at another
                if (one.path("trustRootRef").equals(other.path("trustRootRef")) && both(one, first, other, later)) {
                    break;
                }
            }
        }
    }

    /** Says so where one certificate can pass both; the first such pair is enough. */
    private boolean both(JsonNode one, int first, JsonNode other, int later) {
        for (Asked mine : asked(one, first)) {
            for (Asked theirs : asked(other, later)) {
                if (mine.node().equals(theirs.node())) {
                    policy.found(
                            LintCode.SIGNER_TWICE,
                            "spec.authorities[" + later + "].keyless.identities",
                            "It has an identity in common with spec.authorities[%d], whose one signature counts for both."
                                    .formatted(first));
                    return true;
                }
                if (overlap(mine.node(), theirs.node())) {
                    policy.found(
                            LintCode.SIGNERS_OVERLAP,
                            theirs.path(),
                            "One certificate can be what this and %s ask for, and then counts as 2 of the %d that must pass. Name signers that one certificate cannot match at once."
                                    .formatted(mine.path(), policy.threshold()));
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Asked> asked(JsonNode keyless, int authority) {
        JsonNode identities = keyless.path("identities");
        return IntStream.range(0, identities.size())
                .mapToObj(i -> new Asked(
                        "spec.authorities[%d].keyless.identities[%d]".formatted(authority, i), identities.get(i)))
                .toList();
    }

    private static boolean overlap(JsonNode one, JsonNode other) {
        Map<String, TextMatch> extensions = extensions(other);
        return overlap(match(one, "issuer"), match(other, "issuer"))
                && overlap(match(one, "subject"), match(other, "subject"))
                && extensions(one).entrySet().stream()
                        .allMatch(extension -> overlap(
                                extension.getValue(),
                                extensions.getOrDefault(extension.getKey(), new TextMatch.Any())));
    }

    private static Map<String, TextMatch> extensions(JsonNode identity) {
        Map<String, TextMatch> extensions = new HashMap<>();
        JsonNode exact = identity.path("extensions");
        JsonNode patterns = identity.path("extensionsRegExp");
        exact.fieldNames().forEachRemaining(name -> extensions.put(name, match(exact.path(name), patterns.path(name))));
        patterns.fieldNames()
                .forEachRemaining(name -> extensions.put(name, match(exact.path(name), patterns.path(name))));
        return extensions;
    }

    private static TextMatch match(JsonNode identity, String field) {
        return match(identity.path(field), identity.path(field + "RegExp"));
    }

    private static TextMatch match(JsonNode exact, JsonNode pattern) {
        if (!exact.asText("").isEmpty()) {
            return new TextMatch.Exact(exact.asText());
        }
        try {
            return pattern.asText("").isEmpty()
                    ? new TextMatch.Any()
                    : new TextMatch.Search(Pattern.compile(pattern.asText()));
        } catch (PatternSyntaxException e) {
            // said elsewhere; it is nobody's
            return new TextMatch.Exact(pattern.asText());
        }
    }

    /** Whether some text is known that both take; of two different patterns none is. */
    private static boolean overlap(TextMatch one, TextMatch other) {
        return switch (one) {
            case TextMatch.Any _ -> true;
            case TextMatch.Exact exact -> other.matches(exact.wanted());
            case TextMatch.Search search ->
                switch (other) {
                    case TextMatch.Any _ -> true;
                    case TextMatch.Exact exact -> search.matches(exact.wanted());
                    case TextMatch.Search too ->
                        search.pattern().pattern().equals(too.pattern().pattern());
                };
        };
    }
}
