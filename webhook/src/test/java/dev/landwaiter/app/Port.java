package dev.landwaiter.app;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A registry with a few images, the files a person would have for it, and commands run against it. */
public final class Port implements AutoCloseable {
    public final TestRegistry registry = TestRegistry.builder()
            .basicAuth()
            .user("ci", "secret")
            .privateRepository("vault/keys", "ci")
            .start();
    public final SigningKey key = SigningKey.p256();
    public final SigningKey stranger = SigningKey.p256();
    public final Pushed signed = registry.images()
            .image("shop/api")
            .tag("1.4")
            .label("org.opencontainers.image.title", "api")
            .push();
    public final Pushed unsigned =
            registry.images().image("shop/batch").tag("1").push();
    public final Path folder;

    /** Its files are in {@code folder}. */
    public Port(Path folder) {
        this.folder = folder;
        registry.signer().signBundle(signed, key);
        write("ca.pem", registry.certificates().caPem());
        write("cosign.pub", key.publicPem());
        write("stranger.pub", stranger.publicPem());
        String login = Base64.getEncoder().encodeToString("ci:secret".getBytes(StandardCharsets.UTF_8));
        write("docker/config.json", "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), login));
        write("policies/signed.yaml", policy("signed", "shop/**", "enforce", ""));
    }

    /** A ClusterImagePolicy that wants the signature of {@link #key}. */
    public String policy(String name, String repositories, String mode, String more) {
        return """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata:
                  name: %s
                spec:
                  mode: %s
                  %s
                  images:
                    - glob: "%s/%s"
                  authorities:
                    - name: release
                      key:
                        data: |
                %s""".formatted(
                name, mode, more, registry.host(), repositories, key.publicPem().indent(12));
    }

    /** Writes a file below {@link #folder}; returns its path. */
    @CanIgnoreReturnValue
    public String write(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String file(String name) {
        return folder.resolve(name).toString();
    }

    /** What reaches this registry, whichever address its name is looked up to. */
    public List<String> flags() {
        return List.of(
                "--registry-ca",
                registry.host() + "=" + file("ca.pem"),
                "--allow-address",
                "127.0.0.0/8",
                "--allow-address",
                "::1/128",
                "--docker-config",
                file("docker"));
    }

    /** Each flag of {@link #flags} with its values. */
    public Map<String, List<String>> settings() {
        Map<String, List<String>> settings = new HashMap<>();
        List<String> flags = flags();
        for (int i = 0; i < flags.size(); i += 2) {
            settings.computeIfAbsent(flags.get(i), flag -> new ArrayList<>()).add(flags.get(i + 1));
        }
        return settings;
    }

    @Override
    public void close() {
        registry.close();
    }
}
