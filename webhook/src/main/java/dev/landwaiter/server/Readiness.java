package dev.landwaiter.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.certs.AuthoritiesSource;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.Health;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether this replica can decide: a list of checks by name, each with its reason. Immutable. */
public record Readiness(List<Check> checks) {
    public Readiness {
        checks = List.copyOf(checks);
    }

    /** How one thing that decisions need is. */
    public sealed interface State {
        /** Good. */
        record Ready(String detail) implements State {}

        /** Good enough to decide, but a person must act: what was last good stays in use. */
        record Degraded(String reason) implements State {}

        /** No decision can be made. */
        record NotReady(String reason) implements State {}
    }

    /**
     * One thing that decisions need.
     *
     * @param state how it is now; it must not block
     */
    public record Check(String name, Supplier<State> state) {
        /** Whether there is a certificate that clients accept. */
        public static Check certificate(CertificateSource source) {
            return new Check("certificate", () -> switch (source.healthy()) {
                case Health.Healthy(var notAfter) -> new State.Ready("valid until " + notAfter);
                case Health.Degraded(var notAfter, var reason) ->
                    new State.Degraded("the last good one is served until %s: %s".formatted(notAfter, reason));
                case Health.Unhealthy(var reason) -> new State.NotReady(reason);
            });
        }

        /** Whether the authorities that sign a client's certificate are those that were given last. */
        public static Check authorities(CallerRule.KnownCertificate certificate) {
            AuthoritiesSource source = certificate.authorities();
            return new Check(
                    certificate.by().authorities(),
                    () -> source.problem()
                            .<State>map(problem -> new State.Degraded("the last good ones stay in use: " + problem))
                            .orElseGet(() ->
                                    new State.Ready(source.get().certificates().size() + " trusted")));
        }

        /**
         * Whether something of the cluster was read and is watched. What was read once decides however long its watch is down: it would be
         * down for all replicas alike, and if all of them were not ready, no Pod could be created.
         *
         * @param read whether it was read once
         * @param problem what is wrong with the watch, if anything is
         */
        public static Check watched(String name, BooleanSupplier read, Supplier<Optional<String>> problem) {
            return new Check(name, () -> {
                Optional<String> wrong = problem.get();
                if (!read.getAsBoolean()) {
                    return new State.NotReady("not yet listed from the API server"
                            + wrong.map(why -> ": " + why).orElse(""));
                }
                return wrong.<State>map(why -> new State.Degraded(why + ". What was read last decides"))
                        .orElse(new State.Ready("listed and watched"));
            });
        }

        /** Whether the API server takes our requests. */
        public static Check apiServer(Supplier<Optional<String>> problem) {
            return new Check(
                    "API server",
                    () -> problem.get()
                            .<State>map(why -> new State.Degraded(
                                    why + ". What was read last decides; pull secrets cannot be read"))
                            .orElse(new State.Ready("answers")));
        }

        /** Whether no stop was asked for. */
        public static Check notDraining(WebhookServer server) {
            return new Check(
                    "server",
                    () -> server.draining()
                            ? new State.NotReady("draining: a stop was asked for")
                            : new State.Ready("serving"));
        }
    }

    /** What all checks say at one moment. */
    record Report(boolean ready, List<Line> lines) {
        /** As people read it: {@code [+] certificate: valid until …}. */
        String text() {
            StringBuilder text = new StringBuilder();
            for (Line line : lines) {
                text.append(line.mark())
                        .append(' ')
                        .append(line.name())
                        .append(": ")
                        .append(line.detail())
                        .append('\n');
            }
            return text.append(ready ? "ready\n" : "not ready\n").toString();
        }

        String json() {
            ObjectNode report = JsonNodeFactory.instance.objectNode().put("ready", ready);
            ArrayNode checks = report.putArray("checks");
            for (Line line : lines) {
                checks.addObject()
                        .put("name", line.name())
                        .put("state", line.word())
                        .put("detail", line.detail());
            }
            return report.toString();
        }
    }

    record Line(String name, String word, String mark, String detail) {}

    Report report() {
        List<Line> lines = checks.stream().map(Readiness::line).toList();
        return new Report(lines.stream().noneMatch(line -> line.word().equals("not ready")), lines);
    }

    private static Line line(Check check) {
        return switch (check.state().get()) {
            case State.Ready(var detail) -> new Line(check.name(), "ready", "[+]", detail);
            case State.Degraded(var reason) -> new Line(check.name(), "degraded", "[!]", reason);
            case State.NotReady(var reason) -> new Line(check.name(), "not ready", "[-]", reason);
        };
    }
}
