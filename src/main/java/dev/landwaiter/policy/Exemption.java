package dev.landwaiter.policy;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ImagePolicyException: lets exactly named images through exactly named policies until it ends. There are no patterns in it, so that it
 * never covers more than somebody wrote down. Immutable.
 *
 * @param name of the object
 * @param policies the {@link ImagePolicy#id ids} of the policies that it is for
 * @param images that it lets through
 * @param namespaces of the Pods that it is for; empty: all
 * @param expires when it ends: at that moment it has no effect any more
 * @param reason why, in the words of whoever made it
 * @param problem why it can't be applied as written; it then has no effect. Null where it can
 */
public record Exemption(
        String name,
        Set<String> policies,
        List<ExemptImage> images,
        Set<String> namespaces,
        Instant expires,
        String reason,
        @Nullable String problem) {
    public Exemption {
        policies = Set.copyOf(policies);
        images = List.copyOf(images);
        namespaces = Set.copyOf(namespaces);
    }

    /**
     * An image by its exact name.
     *
     * @param repository {@code registry/repository}, canonical
     * @param digest the one content that is meant; null for whatever stands in that repository
     */
    public record ExemptImage(String repository, @Nullable Digest digest) {}

    public boolean broken() {
        return problem != null;
    }

    /** Whether it has any effect at {@code now}. */
    public boolean inForce(Instant now) {
        return !broken() && now.isBefore(expires);
    }

    /**
     * Whether it lets {@code reference} through {@code policy}, were it in force.
     *
     * @param digest that the reference names or was resolved to, null where that is not known: then only a whole repository counts
     * @param namespace of the Pod
     */
    public boolean covers(ImagePolicy policy, ImageReference reference, @Nullable Digest digest, String namespace) {
        if (!policies.contains(policy.id()) || !(namespaces.isEmpty() || namespaces.contains(namespace))) {
            return false;
        }
        String repository = reference.name();
        for (ExemptImage image : images) {
            if (image.repository().equals(repository)
                    && (image.digest() == null || image.digest().equals(digest))) {
                return true;
            }
        }
        return false;
    }

    /** Whether it covers {@code reference} whatever its digest is. */
    public boolean coversEveryDigestOf(ImageReference reference) {
        return images.stream()
                .anyMatch(image -> image.digest() == null && image.repository().equals(reference.name()));
    }

    /** {@code ImagePolicyException "name"}, for messages. */
    public String title() {
        return "ImagePolicyException \"" + name + "\"";
    }
}
