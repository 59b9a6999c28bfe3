package dev.landwaiter.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the images that it matches: at least one authority must pass. Immutable.
 *
 * @param name of the object
 * @param namespace {@code ""} for a ClusterImagePolicy, else that of the ImagePolicy
 * @param images the globs of the images it matches
 * @param namespaces the namespaces it is for
 * @param mode what it does with an image that it does not accept
 * @param onUnavailable what it does where it could not check
 * @param authorities in the order written; empty only where it is broken
 * @param threshold how many of them must pass, at least 1
 * @param problem why it can't be applied as written, null where it can: it then acts as a refusal under its own mode
 * @param contentDigest of all that a verdict rests on: two policies of the same content have the same one
 */
public record ImagePolicy(
        String name,
        String namespace,
        List<ImageGlob> images,
        NamespaceSelector namespaces,
        Mode mode,
        OnUnavailable onUnavailable,
        List<Authority> authorities,
        int threshold,
        @Nullable String problem,
        String contentDigest) {
    public ImagePolicy {
        images = List.copyOf(images);
        authorities = List.copyOf(authorities);
    }

    public boolean clusterScoped() {
        return namespace.isEmpty();
    }

    public boolean broken() {
        return problem != null;
    }

    /** {@code ClusterImagePolicy "name"} or {@code ImagePolicy "namespace/name"}, for messages. */
    public String title() {
        return clusterScoped()
                ? "ClusterImagePolicy \"" + name + "\""
                : "ImagePolicy \"" + namespace + "/" + name + "\"";
    }
}
