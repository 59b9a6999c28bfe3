package dev.landwaiter.cli;

import dev.landwaiter.app.Colour;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.failure.Code;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What {@code policy test} found out, as people read it.
 *
 * @param width of the terminal in characters
 */
record TrialText(Colour colour, int width, AdmissionRules.NoMatch noMatch) {
    private static final int VERDICT = 2;

    /** A block for each image, a line for each policy and authority, and what comes of it all. */
    String table(List<PolicyTrial.Tried> tried) {
        StringBuilder text = new StringBuilder();
        for (PolicyTrial.Tried one : tried) {
            text.append(colour.bold(one.pinned().isEmpty() ? one.reference() : one.pinned()))
                    .append('\n');
            TextTable table = new TextTable(width);
            table.add(List.of("  POLICY", "AUTHORITY", "VERDICT", "REASON"), -1, UnaryOperator.identity());
            for (PolicyTrial.PolicyResult result : one.policies()) {
                lines(table, result);
            }
            if (one.noMatch()) {
                table.add(
                        List.of(
                                "  -",
                                "-",
                                noMatch == AdmissionRules.NoMatch.DENY ? "refused" : "no match",
                                unmatched(one)),
                        VERDICT,
                        noMatch == AdmissionRules.NoMatch.DENY ? colour::red : colour::yellow);
            }
            text.append(table.text()).append("  ").append(outcome(one)).append("\n\n");
        }
        return text.toString();
    }

    private String unmatched(PolicyTrial.Tried one) {
        String setting = "--no-match is " + noMatch.name().toLowerCase(Locale.ROOT);
        return one.policies().isEmpty()
                ? "no policy is for this image; " + setting
                : "no enforcing ClusterImagePolicy is for this image; " + setting;
    }

    private void lines(TextTable table, PolicyTrial.PolicyResult result) {
        String name = "  " + result.policy().id();
        boolean several = result.authorities().size() != 1;
        if (several) {
            table.add(
                    List.of(name, needed(result), word(result.verdict()), whole(result)),
                    VERDICT,
                    paint(result.verdict()));
        }
        for (PolicyTrial.AuthorityResult authority : result.authorities()) {
            table.add(
                    List.of(
                            several ? "" : name,
                            authority.name(),
                            word(authority.verdict()),
                            reason(authority.verdict()) + (several ? "" : effect(result))),
                    VERDICT,
                    paint(authority.verdict()));
        }
    }

    private static String needed(PolicyTrial.PolicyResult result) {
        return result.policy().broken()
                ? "-"
                : "(%d of %d)"
                        .formatted(
                                result.policy().threshold(),
                                result.authorities().size());
    }

    /** Of several authorities the lines below say why; of the whole, how many of them passed. */
    private static String whole(PolicyTrial.PolicyResult result) {
        if (result.policy().broken()) {
            return reason(result.verdict()) + effect(result);
        }
        long passed = result.authorities().stream()
                .filter(one -> one.verdict() instanceof Verdict.Verified)
                .count();
        return "%d passed, %d must%s".formatted(passed, result.policy().threshold(), effect(result));
    }

    /** What the policy makes of its verdict where that is not what one expects. */
    private static String effect(PolicyTrial.PolicyResult result) {
        if (result.verdict() instanceof Verdict.Verified) {
            return "";
        }
        if (result.exemption() != null) {
            return " [admitted all the same by %s until %s]"
                    .formatted(result.exemption().title(), result.exemption().expires());
        }
        if (result.policy().mode() != Mode.ENFORCE) {
            return " [admitted all the same: mode is %s]"
                    .formatted(name(result.policy().mode()));
        }
        boolean admitted = result.verdict() instanceof Verdict.Unavailable
                && result.policy().onUnavailable() == OnUnavailable.ADMIT;
        return admitted ? " [admitted all the same: onUnavailable is admit]" : "";
    }

    static String name(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private String outcome(PolicyTrial.Tried one) {
        return switch (one.exit()) {
            case ExitCode.FINE -> colour.green("admitted");
            case ExitCode.COULD_NOT_CHECK -> colour.yellow("refused: could not check");
            default -> colour.red("refused");
        };
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified _ -> "verified";
            case Verdict.Rejected _ -> "rejected";
            case Verdict.Unavailable _ -> "unknown";
        };
    }

    private UnaryOperator<String> paint(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified _ -> colour::green;
            case Verdict.Rejected _ -> colour::red;
            case Verdict.Unavailable _ -> colour::yellow;
        };
    }

    private static String reason(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified(List<Evidence> evidence) ->
                evidence.stream().map(VerdictJson::line).distinct().collect(Collectors.joining("; "));
            case Verdict.Rejected(Code code, String message) -> oneLine(message) + " (" + code + ")";
            case Verdict.Unavailable(Code code, String message) -> oneLine(message) + " (" + code + ")";
        };
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s+", " ").strip();
    }
}
