package dev.landwaiter.registry;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;

/**
 * What is asked of a registry, by whom, and until when.
 *
 * @param what for messages: {@code manifest of ghcr.io/acme/api:1}
 * @param plainHttp whether the registry is spoken to over plain http, so that no credential is ever shown
 */
record Inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what, boolean plainHttp) {
    /** One over TLS. */
    Inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what) {
        this(reference, found, deadline, what, false);
    }

    /** The same, until {@code deadline} and on its account. */
    Inquiry until(Deadline deadline) {
        return new Inquiry(reference, found, deadline, what, plainHttp);
    }

    /** What is shown: nothing over plain http. */
    Credential credential() {
        return plainHttp ? Credential.ANONYMOUS : found.credential();
    }

    /** The registry's host, and its port where it is not 443. */
    String host() {
        return reference.host();
    }

    /** As messages name who asks. */
    Asker asker() {
        return found.asker();
    }
}
