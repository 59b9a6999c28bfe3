package dev.landwaiter.check;

import dev.landwaiter.policy.ImagePolicy;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which policies' {@code match} holds for one Pod. What was asked once is remembered, so that the Pod's labels, which may be very many, need
 * not be held while its images are looked up. Used by one thread until {@link #forgetLabels()}, by many afterwards.
 */
public final class PodSelection {
    /** Most policies select no Pods by their labels, so it is rarely needed. */
    private @Nullable IdentityHashMap<ImagePolicy, Boolean> asked;

    private Map<String, String> labels;
    private boolean forgotten;

    /** Of a Pod with {@code labels}. */
    public PodSelection(Map<String, String> labels) {
        this.labels = labels;
    }

    /** Whether {@code policy} is for the Pod. One that nobody has asked of while its labels were there counts: it can only add a denial. */
    boolean isFor(ImagePolicy policy) {
        if (policy.pods().isEmpty()) {
            return true;
        }
        if (forgotten) {
            return asked == null || asked.getOrDefault(policy, true);
        }
        if (asked == null) {
            asked = new IdentityHashMap<>();
        }
        return asked.computeIfAbsent(policy, one -> one.isForPod(labels));
    }

    /** Lets go of the labels. */
    public void forgetLabels() {
        labels = Map.of();
        forgotten = true;
    }
}
