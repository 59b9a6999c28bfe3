package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A private Sigstore: Fulcio with an issuer for people and one for workflows, Rekor v1 and v2, a timestamp authority. */
final class Sigstore {
    private static final Pattern EXPORT = Pattern.compile("(?m)^export (\\w+)=(\\S+)");

    private final Tools tools;
    private final Map<String, String> env;

    private Sigstore(Tools tools, Map<String, String> env) {
        this.tools = tools;
        this.env = env;
    }

    static Sigstore start(Tools tools) {
        Matcher exports = EXPORT.matcher(tools.script("sigstore", "up").output());
        Map<String, String> env = new LinkedHashMap<>();
        while (exports.find()) {
            env.put(exports.group(1), exports.group(2));
        }
        return new Sigstore(tools, env);
    }

    /** Of the identities of people. */
    String issuer() {
        return env("ISSUER");
    }

    /** Of the identities of workflows. */
    String workflowIssuer() {
        return env("GITHUB_ISSUER");
    }

    /** The text of its trusted_root.json. */
    String trustRoot() {
        return read(Path.of(env("TRUST_ROOT")));
    }

    /** A trust root of the same services with other keys. */
    String trustRootOfAStranger() {
        Path file = Folders.state().resolve("stranger.json");
        tools.script("sigstore", "stranger", file.toString()).output();
        return read(file);
    }

    /** A person by e-mail address, or {@code OWNER/REPOSITORY/.github/workflows/FILE@REF}, who signs with a fresh identity token. */
    Signatory identity(String name) {
        return () -> List.of(
                "--identity-token",
                tools.script("sigstore", "token", name).output().strip());
    }

    void sign(PushedImage image, Signatory by, Witnessed form) {
        run("sign", by, form).and(image.canonical()).output();
    }

    /** Signs, and keeps the signature in {@code repository} instead of beside the image. */
    void signElsewhere(PushedImage image, Signatory by, Witnessed form, String repository) {
        run("sign", by, form)
                .with("COSIGN_REPOSITORY", repository)
                .and(image.canonical())
                .output();
    }

    /**
     * States {@code predicate} of the image.
     *
     * @param type a name of cosign's or a URI
     * @param predicate its JSON
     */
    void attest(PushedImage image, Signatory by, Witnessed form, String type, String predicate) {
        try {
            Path file = Files.createTempFile(Folders.state(), "predicate-", ".json");
            Files.writeString(file, predicate);
            run("attest", by, form)
                    .and("--type", type, "--predicate", file.toString(), image.canonical())
                    .output();
            Files.delete(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Command run(String verb, Signatory by, Witnessed form) {
        Command command = tools.program(form.program()).with(env).and(verb, "--yes");
        for (String flag : form.flags()) {
            command = command.and(flag.startsWith("$") ? env(flag.substring(1)) : flag);
        }
        return command.and(by.flags().toArray(String[]::new));
    }

    private String env(String name) {
        String value = env.get("PRIVATE_SIGSTORE_" + name);
        if (value == null) {
            throw new AssertionError("'sigstore up' printed no " + name + ": " + env.keySet());
        }
        return value;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
