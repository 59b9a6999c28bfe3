package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The registries and what is pushed into them: images made from nothing, pushed by crane, signed by cosign. */
final class Images {
    private final Tools tools;
    private final Path folder;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<KeyKind, SigningKey> keys = new EnumMap<>(KeyKind.class);
    private final Map<KeyKind, Path> serviceKeys = new EnumMap<>(KeyKind.class);

    private Images(Tools tools, Path folder) {
        this.tools = tools;
        this.folder = folder;
    }

    static Images start(Tools tools) {
        tools.script("registry", "up").output();
        Path folder;
        try {
            // its own for each run: cosign asks before it writes over a key
            folder = Files.createTempDirectory(Folders.state(), "images-");
            Files.createDirectories(folder.resolve("rootfs"));
            Files.writeString(folder.resolve("rootfs/hello"), "landed\n");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        tools.program("cosign")
                .and(
                        "signing-config",
                        "create",
                        "--out",
                        folder.resolve("no-services.json").toString())
                .output();
        return new Images(tools, folder);
    }

    /** Takes {@link Registry#WITHOUT_REFERRERS_API} away. */
    void stopRegistry() {
        tools.script("registry", "stop").output();
    }

    void startRegistry() {
        tools.script("registry", "up").output();
    }

    String address(Registry registry) {
        return registry.address(tools);
    }

    /** A new image, different from all before it, under {@code repository:tag}. */
    PushedImage push(Registry registry, String repositoryAndTag) {
        int number = next.incrementAndGet();
        Path archive = folder.resolve(number + ".tar");
        tools.script("image", folder.resolve("rootfs").toString(), "e2e.test/image:1", archive.toString())
                .and("--label", "number=" + number)
                .output();
        return push(registry, repositoryAndTag, archive);
    }

    private PushedImage push(Registry registry, String repositoryAndTag, Path archive) {
        String reference = address(registry) + "/" + repositoryAndTag;
        tools.program("crane").and("push", archive.toString(), reference).output();
        String digest = tools.program("crane").and("digest", reference).output().strip();
        return new PushedImage(reference, digest);
    }

    /** Copies what one reference names to another. */
    void copy(String from, String to) {
        tools.program("crane").and("copy", from, to).output();
    }

    /** A new image with a signature by {@code key}. */
    PushedImage pushSigned(Registry registry, String repositoryAndTag, SigningKey key, Signature signature) {
        PushedImage image = push(registry, repositoryAndTag);
        sign(image, key, signature);
        return image;
    }

    PushedImage pushSigned(String repositoryAndTag) {
        return pushSigned(
                Registry.WITHOUT_REFERRERS_API, repositoryAndTag, key(KeyKind.ECDSA_P256), Signature.COSIGN_3_BUNDLE);
    }

    PushedImage pushUnsigned(String repositoryAndTag) {
        return push(Registry.WITHOUT_REFERRERS_API, repositoryAndTag);
    }

    void sign(PushedImage image, Signatory by, Signature signature) {
        Command sign = tools.program(signature.program())
                .and("sign", "--yes")
                .and(by.flags().toArray(String[]::new))
                .and(signature.flags().toArray(String[]::new));
        if (signature.needsSigningConfig()) {
            sign = sign.and(
                    "--signing-config", folder.resolve("no-services.json").toString());
        }
        sign.and(image.canonical()).output();
    }

    /** The one key of its kind that tests sign with. */
    SigningKey key(KeyKind kind) {
        return keys.computeIfAbsent(kind, this::newKey);
    }

    /** The one key of its kind in a key service; the same pair signs with every hash. */
    ServiceKey serviceKey(KeyKind kind, String hash) {
        return new ServiceKey(serviceKeys.computeIfAbsent(kind, this::newServiceKey), hash);
    }

    private Path newServiceKey(KeyKind kind) {
        Path pem = folder.resolve("service-" + kind.path() + ".pem");
        Command.of("openssl", "genpkey", "-out", pem.toString())
                .and(kind.openssl().toArray(String[]::new))
                .output();
        return pem;
    }

    SigningKey newKey(KeyKind kind) {
        Path prefix = folder.resolve("key-" + kind.path() + "-" + next.incrementAndGet());
        if (kind.madeByCosign()) {
            tools.program("cosign")
                    .and("generate-key-pair", "--output-key-prefix", prefix.toString())
                    .output();
        } else {
            String pem = prefix + ".pem";
            Command.of("openssl", "genpkey", "-out", pem)
                    .and(kind.openssl().toArray(String[]::new))
                    .output();
            tools.program("cosign")
                    .and("import-key-pair", "--key", pem, "--output-key-prefix", prefix.toString())
                    .output();
        }
        return new SigningKey(prefix);
    }
}
