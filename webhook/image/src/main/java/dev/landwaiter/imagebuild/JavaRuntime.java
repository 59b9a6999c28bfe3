package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Java runtime of the image, by the {@code jlink} of the JDK that runs. */
final class JavaRuntime {
    /** What the program needs, with what needs it. */
    static final Map<String, String> NEEDED = new TreeMap<>(Map.of(
            "java.base", "everything",
            "java.logging", "Netty, Vert.x and protobuf log through it where nothing else is set",
            "java.management", "the metrics of the JVM, and Netty",
            "java.naming", "the names in certificates, and Netty's resolver",
            "java.net.http", "fabric8's HTTP client",
            "jdk.management", "the metrics of garbage collection and of the process",
            "jdk.unsupported", "sun.misc.Unsafe, for Netty, Caffeine and protobuf"));

    /** What some class on the class path names, and no run of the program reaches. */
    static final Map<String, String> LEFT_OUT = new TreeMap<>(Map.of(
            "java.compiler", "annotation processors, for compilers alone",
            "java.desktop", "java.beans of Jackson, SnakeYAML and logback, each of which does without",
            "java.sql", "dates of databases in Jackson, Gson and picocli, each of which does without",
            "java.xml", "logback's configuration files, of which we have none",
            "java.security.sasl", "proxies of fabric8 and Netty that ask for SASL, which ours do not use",
            "jdk.jfr", "Netty's own events, off without it"));

    private JavaRuntime() {}

    /**
     * Refuses a class path that needs a module that is neither in the image nor known to be left out.
     *
     * @param jars all of them
     */
    static void check(List<Path> jars) {
        List<String> arguments = new ArrayList<>(List.of(
                "--multi-release",
                String.valueOf(Runtime.version().feature()),
                "--ignore-missing-deps",
                "--print-module-deps"));
        jars.forEach(jar -> arguments.add(jar.toString()));
        // warnings come before it
        String modules = run("jdeps", arguments).lines().toList().getLast();
        TreeSet<String> unknown = new TreeSet<>(List.of(modules.split(",", -1)));
        unknown.removeAll(NEEDED.keySet());
        unknown.removeAll(LEFT_OUT.keySet());
        if (!unknown.isEmpty()) {
            throw new BuildFailure(
                    "Could not tell which Java modules the image needs: its class path names %s, of which JavaRuntime says neither that it is needed nor that it is left out. Say so there, with the reason."
                            .formatted(unknown));
        }
    }

    /**
     * Links it into {@code folder}, which must not exist.
     *
     * @param jmods the modules of a JDK for another platform; null for those of the JDK that runs
     */
    static void link(Path folder, @Nullable Path jmods) {
        List<String> arguments = new ArrayList<>();
        if (jmods != null) {
            arguments.addAll(List.of("--module-path", jmods.toString()));
        }
        arguments.addAll(List.of(
                "--add-modules",
                String.join(",", NEEDED.keySet()),
                // what the layer's own compression makes of it is smaller than what jlink's would leave
                "--compress=zip-0",
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--vm=server",
                // it writes classes in an order of chance; those that the JDK was built with stay
                "--disable-plugin",
                "generate-jli-classes",
                "--output",
                folder.toString()));
        String _ = run("jlink", arguments);
        requireAuthorities(folder);
    }

    /** A runtime without certification authorities would reach no registry. */
    private static void requireAuthorities(Path folder) {
        try {
            Path authorities = folder.resolve("lib/security/cacerts");
            if (!Files.isRegularFile(authorities) || Files.size(authorities) < 50_000) {
                throw new BuildFailure(
                        "Could not link a Java runtime: its %s holds no certification authorities, so that no registry could be reached. Use a JDK that brings them, for instance Temurin."
                                .formatted("lib/security/cacerts"));
            }
        } catch (IOException e) {
            throw new BuildFailure("Could not read what jlink wrote to " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The JDK that was linked, as its release file says: {@code 25.0.3 (Eclipse Adoptium)}. */
    static String version(Path runtime) throws IOException {
        try (Stream<String> lines = Files.lines(runtime.resolve("release"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("^[^=]*=|\"", ""))
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static String run(String name, List<String> arguments) {
        ToolProvider tool = ToolProvider.findFirst(name)
                .orElseThrow(() -> new BuildFailure(
                        "Could not find '%s' in %s: that is a runtime, not a whole JDK. Set JAVA_HOME to a JDK 25."
                                .formatted(name, System.getProperty("java.home"))));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = tool.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        if (code != 0) {
            throw new BuildFailure("Could not run %s: it ended with %d, saying: %s%s"
                    .formatted(
                            name, code, out.toString().strip(), err.toString().strip()));
        }
        return out.toString();
    }
}
