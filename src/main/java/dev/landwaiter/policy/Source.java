package dev.landwaiter.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where signatures are kept, where that is not simply the image's own repository.
 *
 * @param repository {@code registry/repository}; {@code ""} for the image's own
 * @param namespace of the pull secrets
 * @param signaturePullSecrets names of Secrets, for looking up signatures there and nothing else; empty: as for the image, in the image's
 *     registry alone
 * @param tagPrefix what stands before {@code sha256-<hex>} in the tags of the old form; null for nothing
 */
public record Source(
        String repository,
        String namespace,
        List<String> signaturePullSecrets,
        @Nullable String tagPrefix) {
    public Source {
        signaturePullSecrets = List.copyOf(signaturePullSecrets);
    }
}
