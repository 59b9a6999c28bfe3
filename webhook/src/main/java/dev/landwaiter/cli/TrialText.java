package dev.landwaiter.cli;

import dev.landwaiter.app.Colour;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.ImagePolicy;
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
record TrialText(Colour colour, int width, AdmissionRules rules) {
    private static final int VERDICT = 2;

    /** A block for each image, a line for each policy and authority, and what comes of it all. */
    String table(List<TriedImage> tried) {
        StringBuilder text = new StringBuilder();
        for (TriedImage one : tried) {
            text.append(colour.bold(one.pinned().isEmpty() ? one.reference() : one.pinned()))
                    .append('\n');
            TextTable table = new TextTable(width);
            table.add(List.of("  POLICY", "AUTHORITY", "VERDICT", "REASON"), -1, UnaryOperator.identity());
            for (ImageTrial.Asked asked : one.policies()) {
                lines(table, asked.said(), asked.authorities());
            }
            if (!one.finding().matched()) {
                unmatched(table, one.finding());
            }
            text.append(table.text()).append("  ").append(outcome(one)).append("\n\n");
        }
        return text.toString();
    }

    /** What the settings make of an image that no enforcing ClusterImagePolicy is for. */
    private void unmatched(TextTable table, Finding finding) {
        boolean refused = rules.noMatch() == AdmissionRules.NoMatch.DENY;
        table.add(
                List.of("  -", "-", refused ? "refused" : "no match", noMatch(finding, rules)),
                VERDICT,
                refused ? colour::red : colour::yellow);
        Failure failure = finding.failure();
        if (!refused && failure != null) {
            boolean unresolved = rules.onUnresolved() == AdmissionRules.OnUnresolved.DENY;
            table.add(
                    List.of("  -", "-", unresolved ? "refused" : "unresolved", unresolved(failure, rules)),
                    VERDICT,
                    unresolved ? colour::red : colour::yellow);
        }
    }

    static String noMatch(Finding finding, AdmissionRules rules) {
        String setting = "--no-match is " + rules.noMatch().name().toLowerCase(Locale.ROOT);
        return finding.verdicts().isEmpty()
                ? "no policy is for this image; " + setting
                : "no enforcing ClusterImagePolicy is for this image; " + setting;
    }

    static String unresolved(Failure failure, AdmissionRules rules) {
        return "%s (%s); --on-unresolved is %s"
                .formatted(
                        oneLine(failure.message()),
                        failure.code(),
                        rules.onUnresolved().name().toLowerCase(Locale.ROOT));
    }

    private void lines(TextTable table, Finding.PolicyVerdict result, List<ImageTrial.AuthorityVerdict> authorities) {
        String name = "  " + result.policy().id();
        boolean several = authorities.size() != 1;
        if (several) {
            table.add(
                    List.of(
                            name,
                            needed(result.policy(), authorities),
                            word(result.verdict()),
                            whole(result, authorities)),
                    VERDICT,
                    paint(result.verdict()));
        }
        for (ImageTrial.AuthorityVerdict authority : authorities) {
            table.add(
                    List.of(
                            several ? "" : name,
                            authority.authority(),
                            word(authority.verdict()),
                            reason(authority.verdict()) + (several ? "" : effect(result))),
                    VERDICT,
                    paint(authority.verdict()));
        }
    }

    private static String needed(ImagePolicy policy, List<ImageTrial.AuthorityVerdict> authorities) {
        return policy.broken() ? "-" : "(%d of %d)".formatted(policy.threshold(), authorities.size());
    }

    /** Of several authorities the lines below say why; of the whole, how many of them passed. */
    private static String whole(Finding.PolicyVerdict result, List<ImageTrial.AuthorityVerdict> authorities) {
        if (result.policy().broken()) {
            return reason(result.verdict()) + effect(result);
        }
        long passed = authorities.stream()
                .filter(one -> one.verdict() instanceof Verdict.Verified)
                .count();
        return "%d passed, %d must%s".formatted(passed, result.policy().threshold(), effect(result));
    }

    /** What the policy makes of its verdict where that is not what one expects. */
    static String effect(Finding.PolicyVerdict result) {
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

    private String outcome(TriedImage one) {
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
