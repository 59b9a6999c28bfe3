package dev.landwaiter.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where else signatures are kept.
 *
 * @param repository {@code registry/repository}; {@code ""} for the image's own
 * @param namespace of the pull secrets
 * @param signaturePullSecrets names of Secrets, for looking up signatures there and nothing else; empty: as for the image
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
