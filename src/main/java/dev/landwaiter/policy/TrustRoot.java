package dev.landwaiter.policy;

import dev.landwaiter.sigstore.TrustedRoot;
import org.jspecify.annotations.Nullable;

/**
 * A TrustRoot object: whom to believe, for policies that name it. Immutable.
 *
 * @param name of the object
 * @param uids of the object and of the ConfigMap that it refers to, joined by spaces; {@code ""} from files
 * @param root that it holds; null where it can't be used
 * @param problem why it can't be used; null where it can
 */
public record TrustRoot(
        String name,
        String uids,
        @Nullable TrustedRoot root,
        @Nullable String problem) {
    public boolean broken() {
        return problem != null;
    }

    /** {@code TrustRoot "name"}, for messages. */
    public String title() {
        return "TrustRoot \"" + name + "\"";
    }
}
