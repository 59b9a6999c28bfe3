package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program to run to its end, as a person would on a terminal.
 *
 * @param words the program and its arguments
 * @param environment added to that of this process
 * @param input on its standard input
 * @param limit after which it is ended and counts as failed
 */
record Command(List<String> words, Map<String, String> environment, String input, Duration limit) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), "", LIMIT);
    }

    static Command of(Path program, String... arguments) {
        return of(program.toString()).and(arguments);
    }

    Command and(String... more) {
        return new Command(Stream.concat(words.stream(), Stream.of(more)).toList(), environment, input, limit);
    }

    Command with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Command(words, all, input, limit);
    }

    Command with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(more);
        return new Command(words, all, input, limit);
    }

    Command reading(String text) {
        return new Command(words, environment, text, limit);
    }

    Command within(Duration time) {
        return new Command(words, environment, input, time);
    }

    /** What it printed, where it must succeed. */
    String output() {
        Result result = run();
        if (result.exit() != 0) {
            throw new AssertionError("exit %d of %s%n%s%s".formatted(result.exit(), this, result.out(), result.err()));
        }
        return result.out();
    }

    Result run() {
        try {
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.environment().putAll(environment);
            Process process = builder.start();
            CompletableFuture<String> out = reader(process.getInputStream());
            CompletableFuture<String> err = reader(process.getErrorStream());
            feed(process.getOutputStream());
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("%s took longer than %s%n%s%s".formatted(this, limit, out.join(), err.join()));
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (IOException failure) {
            throw new UncheckedIOException("Could not run " + this, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + this, interrupted);
        }
    }

    private void feed(OutputStream stdin) throws IOException {
        try (stdin) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException closed) {
            if (!input.isEmpty()) {
                throw closed;
            }
        }
    }

    private static CompletableFuture<String> reader(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException failure) {
                text.completeExceptionally(failure);
            }
        });
        return text;
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }

    /**
     * How it ended.
     *
     * @param exit its code
     * @param out what it printed on its standard output
     * @param err what a person saw of errors and warnings
     */
    record Result(int exit, String out, String err) {}
}
