package dev.landwaiter.admission;

import dev.landwaiter.check.Judgement;
import dev.landwaiter.check.Problem;
import dev.landwaiter.patch.JsonPatch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is answered to one admission request. */
public sealed interface Decision {
    /** As metrics, logs and audit annotations name it. */
    String name();

    /** The code of what was refused or, where nothing was, {@code ""}. */
    String code();

    /** What to tell the requester whatever the decision; the first 256 characters of each hold slot, code and reason. */
    List<String> warnings();

    /** What was judged, with {@code patch} where it may go on. */
    static Decision of(Judgement.Result judged, JsonPatch patch) {
        return judged.problems().isEmpty()
                ? new Allowed(patch, judged.warnings())
                : Denied.of(judged.problems(), judged.more(), judged.warnings());
    }

    /** It may go on. */
    record Allowed(JsonPatch patch, List<String> warnings) implements Decision {
        public Allowed {
            warnings = List.copyOf(warnings);
        }

        @Override
        public String name() {
            return "allowed";
        }

        @Override
        public String code() {
            return "";
        }
    }

    /**
     * It may not.
     *
     * @param status 403 where a policy refuses, 503 where it could not be checked, 500 where we failed
     * @param problems at least one; the first one's code stands for all
     * @param more how many problems there are besides those, which nobody is told
     */
    record Denied(int status, List<Problem> problems, int more, List<String> warnings) implements Decision {
        public Denied {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        /** Refusals before what could not be checked, which they outweigh: trying again would not help. */
        static Denied of(List<Problem> problems, int more, List<String> warnings) {
            List<Problem> sorted = problems.stream()
                    .sorted(Comparator.comparingInt(problem -> Problem.status(problem.code())))
                    .toList();
            return new Denied(Problem.status(sorted.getFirst().code()), sorted, more, warnings);
        }

        /** What else there is to know, in one line; empty where all is told. */
        public Optional<String> rest() {
            return more == 0
                    ? Optional.empty()
                    : Optional.of(
                            more == 1 ? "There is 1 more problem." : "There are %d more problems.".formatted(more));
        }

        @Override
        public String name() {
            return "denied";
        }

        @Override
        public String code() {
            return problems.getFirst().code().name();
        }
    }

    /** There was nothing to decide. */
    record Skipped(String why) implements Decision {
        @Override
        public String name() {
            return "skipped";
        }

        @Override
        public String code() {
            return "";
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }
    }
}
