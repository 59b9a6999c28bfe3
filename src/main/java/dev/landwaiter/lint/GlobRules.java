package dev.landwaiter.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.ImageGlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Of a policy's globs: which match nothing, add nothing, or match more or less than they seem to. */
final class GlobRules {
    /** Registries where everybody can have a repository. */
    private static final List<String> PUBLIC_REGISTRIES =
            List.of("docker.io", "ghcr.io", "quay.io", "gcr.io", "public.ecr.aws", "registry.gitlab.com", "ttl.sh");
    /** How people mean other names than those they write, in the order in which that is likely. */
    private static final List<UnaryOperator<String>> REPAIRS = List.of(
            glob -> glob.replaceFirst("^[a-z]+://", ""),
            glob -> glob.replaceFirst("@.*$", ""),
            glob -> glob.replaceFirst(":[^/:]*$", ""),
            glob -> glob.toLowerCase(Locale.ROOT),
            glob -> glob.replaceFirst("/$", "/**"),
            glob -> glob.equals("*") ? "**" : glob,
            glob -> glob.replaceFirst("^(registry-1|registry|hub)\\.docker\\.(io|com)/(r/|_/)?", "docker.io/"),
            glob -> glob.replaceFirst("^docker\\.io/([^/]+)$", "docker.io/library/$1"),
            glob -> glob.contains("/") ? "docker.io/" + glob : "docker.io/library/" + glob);

    private static final Pattern INNER_STAR = Pattern.compile("[^/*]\\*+(/|$)|(^|/)\\*+[^/*]");

    private GlobRules() {}

    static void check(PolicyObject policy) {
        List<ImageGlob> before = new ArrayList<>();
        JsonNode images = policy.spec().path("images");
        for (int i = 0; i < images.size(); i++) {
            String path = "spec.images[" + i + "].glob";
            String text = images.get(i).path("glob").asText("").strip();
            Optional<ImageGlob> glob = readable(text);
            if (glob.isEmpty() || GlobSets.example(glob.get()).isEmpty()) {
                neverMatches(policy, path, text);
                continue;
            }
            others(policy, i, before, glob.get(), path);
            before.add(glob.get());
        }
    }

    private static Optional<ImageGlob> readable(String text) {
        try {
            return Optional.of(new ImageGlob(text));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private static void neverMatches(PolicyObject policy, String path, String text) {
        policy.found(
                LintCode.GLOB_NEVER_MATCHES,
                path,
                "\"%s\" matches no image: globs match the whole of registry/repository, without tag or digest, and Docker Hub's %s."
                        .formatted(text, "nginx is docker.io/library/nginx"),
                repaired(text));
    }

    /** The first repair that matches something, each one on top of those before it. */
    private static String repaired(String text) {
        String repaired = text;
        for (UnaryOperator<String> repair : REPAIRS) {
            repaired = repair.apply(repaired);
            if (readable(repaired).flatMap(GlobSets::example).isPresent()) {
                return "glob: \"" + repaired + "\"";
            }
        }
        return "";
    }

    private static void others(PolicyObject policy, int index, List<ImageGlob> before, ImageGlob glob, String path) {
        List<ImageGlob> rest = Stream.concat(
                        before.stream(),
                        policy.policy().broken()
                                ? Stream.empty()
                                : policy.policy().images().stream().skip(index + 1L))
                .filter(other -> !other.equals(glob) || before.contains(other))
                .toList();
        if (GlobSets.cover(rest, glob)) {
            policy.found(
                    LintCode.GLOB_REDUNDANT,
                    path,
                    "All that \"%s\" matches, the other globs of this policy match too. Leave it out.".formatted(glob));
        }
        if (policy.passesAll()) {
            wide(policy, glob, path);
        } else if (glob.text().endsWith("/*")) {
            oneLevel(policy, glob, path);
        }
    }

    private static void oneLevel(PolicyObject policy, ImageGlob glob, String path) {
        ImageGlob deeper = new ImageGlob(glob.text() + "*");
        // Docker Hub has no deeper level
        if (!glob.text().startsWith("docker.io/")) {
            GlobSets.example(deeper, policy.policy().images())
                    .ifPresent(name -> policy.found(
                            LintCode.GLOB_ONE_LEVEL,
                            path,
                            "\"%s\" matches one level: for instance %s is not checked by this policy."
                                    .formatted(glob, name),
                            "glob: \"" + deeper + "\""));
        }
    }

    private static void wide(PolicyObject policy, ImageGlob glob, String path) {
        Optional<String> whole = PUBLIC_REGISTRIES.stream()
                .filter(registry -> GlobSets.cover(List.of(glob), new ImageGlob(registry + "/**")))
                .findFirst();
        if (whole.isPresent()) {
            policy.found(
                    LintCode.STATIC_PASS_WIDE,
                    path,
                    "\"%s\" passes every image of %s, where anyone can push, and silences --no-match for them. Name the repositories that are meant."
                            .formatted(glob, whole.get()));
        } else if (INNER_STAR.matcher(glob.text()).find()) {
            policy.found(
                    LintCode.GLOB_OPEN_ENDED,
                    path,
                    "\"%s\" also passes what others may name so, for instance %s. Let a star stand for a whole part of the name."
                            .formatted(glob, GlobSets.example(glob).orElse("")));
        }
    }
}
