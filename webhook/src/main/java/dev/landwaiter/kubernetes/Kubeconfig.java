package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.ClientIdentity;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.yaml.KubernetesYaml;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a kubeconfig's current context says. fabric8 reads it but for two things, which it gets wrong or leaves out: keys of client certificates
 * (it takes whatever is in PKCS#8 for RSA, and knows no Ed25519) and {@code tokenFile}.
 *
 * @param config without client certificate and key
 */
record Kubeconfig(Config config, Optional<ClientIdentity> identity) {
    /**
     * Reads {@code file}.
     *
     * @throws Failure {@code FILE_UNREADABLE} where it is no kubeconfig, or names a key that cannot be used
     */
    static Kubeconfig read(Path file, Limits limits) {
        Config config;
        try {
            config = Config.fromKubeconfig(file.toFile());
        } catch (RuntimeException e) {
            throw unusable(file, e);
        }
        Optional<ClientIdentity> identity = identity(file, config);
        ConfigBuilder bare = new ConfigBuilder(config)
                .withClientCertData(null)
                .withClientCertFile(null)
                .withClientKeyData(null)
                .withClientKeyFile(null);
        return new Kubeconfig(
                tokenFile(file, config, limits)
                        .map(token -> bare.withOauthTokenProvider(new TokenFile(token)))
                        .orElse(bare)
                        .build(),
                identity);
    }

    private static Failure unusable(Path file, RuntimeException cause) {
        // the parser's words may quote the file, which holds credentials
        return new Failure(
                Code.FILE_UNREADABLE,
                "Could not read kubeconfig \"%s\": it is not one that can be used (%s). Check it with kubectl --kubeconfig %s version."
                        .formatted(file, cause.getClass().getSimpleName(), file),
                cause);
    }

    private static Optional<ClientIdentity> identity(Path file, Config config) {
        Optional<byte[]> certificate =
                content(file, "client-certificate", config.getClientCertData(), config.getClientCertFile());
        Optional<byte[]> key = content(file, "client-key", config.getClientKeyData(), config.getClientKeyFile());
        if (certificate.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClientIdentity.read(certificate.get(), "client-certificate", key.get(), "client-key"));
        } catch (CertificateInvalid e) {
            throw new Failure(
                    Code.FILE_UNREADABLE, "Could not read kubeconfig \"%s\". %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Optional<byte[]> content(Path file, String field, @Nullable String data, @Nullable String path) {
        try {
            if (data != null && !data.isEmpty()) {
                return Optional.of(Base64.getMimeDecoder().decode(data));
            }
            return path == null || path.isEmpty() ? Optional.empty() : Optional.of(Files.readAllBytes(Path.of(path)));
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read kubeconfig \"%s\": %s-data is not base64. Write it with kubectl config set-credentials --embed-certs."
                            .formatted(file, field),
                    e);
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read kubeconfig \"%s\": the file of its %s, \"%s\", cannot be read. Check the path and its permissions."
                            .formatted(file, field, path),
                    e);
        }
    }

    /** The file that the current context's user has its token in, where it says so and holds no token itself. */
    private static Optional<Path> tokenFile(Path file, Config config, Limits limits) {
        NamedContext context = config.getCurrentContext();
        if (context == null || context.getContext() == null || config.getAutoOAuthToken() != null) {
            return Optional.empty();
        }
        String user = String.valueOf(context.getContext().getUser());
        try {
            KubernetesYaml.Documents read = new KubernetesYaml(limits, Limit.CREDENTIALS_FILE_BYTES)
                    .read(Files.readAllBytes(file), "kubeconfig");
            for (JsonNode document : read.documents()) {
                for (JsonNode one : document.path("users")) {
                    String token = one.path("user").path("tokenFile").asText("");
                    if (one.path("name").asText().equals(user) && !token.isEmpty()) {
                        return Optional.of(file.toAbsolutePath().resolveSibling(token));
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(file, new UncheckedIOException(e));
        }
    }
}
