package dev.landwaiter.e2e;

import java.nio.file.Path;
import java.util.List;

/**
 * A key in a key service ({@code e2e/kube/sigstore-kms-service}), which signs with one hash, whatever cosign would take for such a key.
 *
 * @param pem holds its private half
 * @param hash as OpenSSL and policies call it: {@code sha512}
 */
record ServiceKey(Path pem, String hash) implements Signatory {
    @Override
    public List<String> flags() {
        return List.of("--key", "service://" + hash + pem);
    }

    String publicPem() {
        return Command.of("openssl", "pkey", "-in", pem.toString(), "-pubout").output();
    }
}
