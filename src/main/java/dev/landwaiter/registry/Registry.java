package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import java.util.Optional;

/**
 * Reading from OCI registries. What it returns has been checked: every body against its digest, every document against its
 * media type. Blocking; call it on a virtual thread.
 *
 * <p>Every method throws {@link dev.landwaiter.failure.Failure} with a {@code REGISTRY_…}, {@code IMAGE_NOT_FOUND}, {@code
 * DIGEST_MISMATCH}, {@code LIMIT_EXCEEDED}, {@code MEDIA_TYPE_UNSUPPORTED} or {@code DEADLINE_EXCEEDED} code.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md">OCI distribution specification</a>
 */
public interface Registry {
    /** The manifest or index that {@code reference} names, by its digest if it has one, else by its tag. */
    OciDocument manifest(ImageReference reference, Keychain.Found credential, Deadline deadline);

    /** As {@link #manifest}, but empty where the registry has none by that name; every other failure stays a failure. */
    Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline);

    /**
     * The digest that {@code reference}'s tag has now, by HEAD; empty where the registry answers without one ({@code
     * Docker-Content-Digest}), so that only a GET can tell.
     */
    Optional<Digest> headDigest(ImageReference reference, Keychain.Found credential, Deadline deadline);

    /** A blob of {@code repository} (whose tag and digest do not matter) as a whole, at most {@code limit} of it. */
    byte[] blob(ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline);

    /**
     * What refers to {@code subject}: of the referrers API and of the fallback tag {@code sha256-<hex>} together, each digest once. An
     * entry's artifact type is a hint only. Where one of the two can't be read, that is among the failures beside what the other gave.
     */
    Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline);
}
