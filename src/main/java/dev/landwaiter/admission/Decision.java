package dev.landwaiter.admission;

import dev.landwaiter.failure.Fault;
import dev.landwaiter.patch.JsonPatch;
import java.util.Comparator;
import java.util.List;

/** What is answered to one admission request. */
public sealed interface Decision {
    /** As metrics, logs and audit annotations name it. */
    String name();

    /** The code of what was refused or, where nothing was, {@code ""}. */
    String code();

    /** What to tell the requester whatever the decision; the first 256 characters of each hold slot, code and reason. */
    List<String> warnings();

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
     */
    record Denied(int status, List<Problem> problems, List<String> warnings) implements Decision {
        public Denied {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        /** Refusals before what could not be checked, which they outweigh: trying again would not help. */
        static Denied of(List<Problem> problems, List<String> warnings) {
            List<Problem> sorted = problems.stream()
                    .sorted(Comparator.comparing(problem -> problem.code().fault(), Denied::compare))
                    .toList();
            return new Denied(status(sorted.getFirst().code().fault()), sorted, warnings);
        }

        private static int compare(Fault one, Fault other) {
            return Integer.compare(status(one), status(other));
        }

        /** Which of them comes first is read off the number, too. */
        private static int status(Fault fault) {
            return switch (fault) {
                case USER -> 403;
                case INTERNAL -> 500;
                case DEPENDENCY, CAPACITY -> 503;
            };
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
