package dev.landwaiter.tuf;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.sigstore.json.GsonSupplier;
import dev.sigstore.json.JsonParseException;
import dev.sigstore.tuf.SigstoreTufClient;
import dev.sigstore.tuf.model.Root;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A TUF repository that distributes a {@code trusted_root.json}, and what it is believed by.
 *
 * @param mirror where its {@code timestamp.json} lies, without the last slash
 * @param root the {@code root.json}, of any version and age, that every later one is traced back to
 * @param publicGood whether that is the root of sigstore's public good instance
 */
public record TufRepository(URI mirror, String root, boolean publicGood) {
    /** Sigstore's own mirror of its public good instance. */
    public static final URI PUBLIC_GOOD_MIRROR = URI.create("https://tuf-repo-cdn.sigstore.dev");

    public TufRepository {
        String text = mirror.toString();
        mirror = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : mirror;
    }

    /** The public good instance's, from {@code mirror}; its root is shipped with sigstore-java. */
    public static TufRepository publicGood(URI mirror) {
        return new TufRepository(mirror, shippedRoot(), true);
    }

    /**
     * Another one.
     *
     * @param root its {@code root.json}
     * @param what the root is called, for the message: {@code --tuf-root "root.json"}
     * @throws Failure {@code SETTING_INVALID} where {@code root} is none
     */
    public static TufRepository of(URI mirror, byte[] root, String what) {
        String text = new String(root, StandardCharsets.UTF_8);
        if (!isRoot(text)) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not use %s: it is not a TUF root. Give the root.json that the repository at %s began with, or any later one of it."
                            .formatted(what, mirror));
        }
        return new TufRepository(mirror, text, false);
    }

    private static boolean isRoot(String text) {
        try {
            return GsonSupplier.GSON.get().fromJson(text, Root.class) != null;
        } catch (JsonParseException e) {
            return false;
        }
    }

    private static String shippedRoot() {
        String name = SigstoreTufClient.PUBLIC_GOOD_ROOT_RESOURCE;
        try (InputStream in = SigstoreTufClient.class.getClassLoader().getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
