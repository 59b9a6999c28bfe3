package dev.landwaiter.registry;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;

/**
 * What is asked of a registry, by whom, and until when.
 *
 * @param what for messages: {@code manifest of ghcr.io/acme/api:1}
 */
record Inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what) {
    Credential credential() {
        return found.credential();
    }

    /** The registry's host, and its port where it is not 443. */
    String host() {
        return reference.host();
    }

    /** {@code the credentials of secret "shop/pull"}, or {@code no credentials}. */
    String credentialWords() {
        return credential() instanceof Credential.Anonymous
                ? credential().source()
                : "the credentials of " + credential().source();
    }
}
