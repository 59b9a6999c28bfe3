package dev.landwaiter.policy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the images that it matches: enough of its authorities must pass. Immutable.
 *
 * @param name of the object
 * @param namespace {@code ""} for a ClusterImagePolicy, else that of the ImagePolicy
 * @param images the globs of the images it matches
 * @param namespaces the namespaces it is for
 * @param pods label selectors, one of which a Pod must match for the policy to be for it; empty: it is for every Pod
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
        LabelSelector namespaces,
        List<LabelSelector> pods,
        Mode mode,
        OnUnavailable onUnavailable,
        List<Authority> authorities,
        int threshold,
        @Nullable String problem,
        String contentDigest) {
    public ImagePolicy {
        images = List.copyOf(images);
        pods = List.copyOf(pods);
        authorities = List.copyOf(authorities);
    }

    /** A policy for every Pod of its namespaces. */
    public ImagePolicy(
            String name,
            String namespace,
            List<ImageGlob> images,
            LabelSelector namespaces,
            Mode mode,
            OnUnavailable onUnavailable,
            List<Authority> authorities,
            int threshold,
            @Nullable String problem,
            String contentDigest) {
        this(
                name,
                namespace,
                images,
                namespaces,
                List.of(),
                mode,
                onUnavailable,
                authorities,
                threshold,
                problem,
                contentDigest);
    }

    public boolean clusterScoped() {
        return namespace.isEmpty();
    }

    public boolean broken() {
        return problem != null;
    }

    /** {@code name} or {@code namespace/name}: how records, logs and exceptions call it, one for each policy. */
    public String id() {
        return clusterScoped() ? name : namespace + "/" + name;
    }

    /** Whether it is for a Pod with {@code labels}, as far as its own labels decide. */
    public boolean isForPod(Map<String, String> labels) {
        if (pods.isEmpty()) {
            return true;
        }
        for (LabelSelector selector : pods) {
            if (selector.matches(labels)) {
                return true;
            }
        }
        return false;
    }

    /** {@code ClusterImagePolicy "name"} or {@code ImagePolicy "namespace/name"}, for messages. */
    public String title() {
        return clusterScoped() ? "ClusterImagePolicy \"" + id() + "\"" : "ImagePolicy \"" + id() + "\"";
    }
}
