package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.ClientIdentity;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a kubeconfig's current context says. fabric8 reads it but for what it gets wrong or leaves out: keys of client certificates (it takes whatever
 * is in PKCS#8 for RSA, and knows no Ed25519), {@code tokenFile}, and what {@link KubeconfigContext} adds.
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
        KubeconfigContext context = KubeconfigContext.read(file, limits);
        context.checkProgram(config.getAutoOAuthToken() != null
                || config.getClientCertData() != null
                || config.getClientCertFile() != null);
        Optional<ClientIdentity> identity = identity(file, config);
        ConfigBuilder bare = context.completed(new ConfigBuilder(config))
                .withClientCertData(null)
                .withClientCertFile(null)
                .withClientKeyData(null)
                .withClientKeyFile(null);
        return new Kubeconfig(
                context.tokenFile()
                        // as for kubectl, it counts more than a token beside it, which may be as old as the kubeconfig
                        .map(token -> bare.withOauthTokenProvider(
                                new TokenFile(token, Objects.requireNonNullElse(config.getAutoOAuthToken(), ""))))
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

    /**
     * What {@code data}, of a field whose name ends in {@code -data}, stands for: PEM in base64, or PEM itself, which programs give.
     *
     * @throws IllegalArgumentException where it is neither
     */
    static byte[] decoded(String data) {
        return data.contains("-----BEGIN")
                ? data.getBytes(StandardCharsets.UTF_8)
                : Base64.getMimeDecoder().decode(data);
    }

    private static Optional<byte[]> content(Path file, String field, @Nullable String data, @Nullable String path) {
        try {
            if (data != null && !data.isEmpty()) {
                return Optional.of(decoded(data));
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
}
