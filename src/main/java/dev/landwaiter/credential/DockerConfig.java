package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A docker configuration, of a Secret or a file: which credential is for which registry path. Immutable; holds what was parsed, so that
 * finding costs little however many entries there are.
 */
final class DockerConfig {
    /** What an entry takes in memory besides its texts, in bytes, about. */
    private static final int ENTRY_BYTES = 400;

    private final String source;
    private final List<Entry> entries;
    private final List<String> problems;
    private final String store;
    private final Map<String, String> helpers;
    private final CredentialIndex index;

    /**
     * What was read.
     *
     * @param source for messages: {@code secret "shop/pull"}
     * @param entries as written
     * @param problems what could not be used, for people, a few at most; never a secret
     * @param store the credential helper for all registries, {@code ""} for none
     * @param helpers the credential helper of single registries, by canonical registry
     */
    DockerConfig(String source, List<Entry> entries, List<String> problems, String store, Map<String, String> helpers) {
        this.source = source;
        this.entries = List.copyOf(entries);
        this.problems = List.copyOf(problems);
        this.store = store;
        this.helpers = Map.copyOf(helpers);
        this.index = CredentialIndex.of(this.entries);
    }

    /** A credential and what it is for. */
    record Entry(RegistryPath path, Credential credential) {}

    /** How it is written. */
    enum Form {
        /** {@code .dockerconfigjson}, {@code config.json}, {@code auth.json}: entries below {@code auths}. */
        CONFIG_JSON,
        /** {@code .dockercfg}: entries at the top. */
        DOCKERCFG
    }

    /** What holds nothing, for a reason. */
    static DockerConfig without(String source, String problem) {
        return new DockerConfig(source, List.of(), List.of(problem), "", Map.of());
    }

    /** Reads {@code content}: whatever it is, there is an answer; what cannot be used is among its {@code problems}. */
    static DockerConfig parse(byte[] content, Form form, String source, Limits limits) {
        return new DockerConfigReader(source, limits).read(content, form);
    }

    /** A user and a password, or what a credential helper gives in their place: the user {@code <token>} and a refresh token. */
    static Credential of(String user, String password, String source) {
        return user.equals("<token>")
                ? new Credential.RefreshToken(password, source)
                : new Credential.Basic(user, password, source);
    }

    String source() {
        return source;
    }

    List<Entry> entries() {
        return entries;
    }

    List<String> problems() {
        return problems;
    }

    String store() {
        return store;
    }

    Map<String, String> helpers() {
        return helpers;
    }

    /** The entry of the longest path that covers {@code reference}. */
    Optional<Entry> find(ImageReference reference) {
        List<Entry> covering = index.covering(reference);
        return covering.isEmpty() ? Optional.empty() : Optional.of(covering.getFirst());
    }

    /** The entries that cover {@code reference}: the longest path first, of two as long the one whose host is spelt out more, else as written. */
    List<Entry> covering(ImageReference reference) {
        return index.covering(reference);
    }

    /** How many patterns {@link #find} compares with the image's host, which is what it costs. */
    int patterns() {
        return index.patterns();
    }

    /** Whether that an image is not covered is worth telling, beside what could not be used. */
    boolean lacksAnEntry() {
        return !entries.isEmpty() || problems.isEmpty();
    }

    /** What it takes in memory, in bytes, about. */
    int bytes() {
        long bytes = ENTRY_BYTES;
        for (Entry entry : entries) {
            bytes += ENTRY_BYTES + 2L * (entry.path().path().length() + characters(entry.credential()));
        }
        for (Map.Entry<String, String> helper : helpers.entrySet()) {
            bytes += ENTRY_BYTES
                    + 2L * (helper.getKey().length() + helper.getValue().length());
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static int characters(Credential credential) {
        return switch (credential) {
            case Credential.Anonymous _ -> 0;
            case Credential.Basic basic ->
                basic.user().length() + basic.password().length();
            case Credential.RefreshToken refresh -> refresh.token().length();
            case Credential.Bearer bearer -> bearer.token().length();
        };
    }

    /** Without the entries. */
    @Override
    public String toString() {
        return "DockerConfig[" + source + ", " + entries.size() + " entries]";
    }
}
