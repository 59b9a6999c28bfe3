package dev.landwaiter.registry;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.List;

/**
 * What is asked of a registry, by whom, and until when.
 *
 * @param host that is asked, and its port where it is not 443
 * @param peer what the host is to whom this is asked for
 * @param what for messages: {@code manifest of ghcr.io/acme/api:1}
 * @param plainHttp whether the registry is spoken to over plain http, so that no credential is ever shown
 */
record Inquiry(
        ImageReference reference,
        String host,
        Peer peer,
        Keychain.Found found,
        Deadline deadline,
        String what,
        boolean plainHttp) {
    /** Of the registry that {@code reference} names. */
    Inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what, boolean plainHttp) {
        this(reference, reference.host(), Peer.NAMED, found, deadline, what, plainHttp);
    }

    /** One over TLS. */
    Inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what) {
        this(reference, found, deadline, what, false);
    }

    /** The same, until {@code deadline} and on its account. */
    Inquiry until(Deadline deadline) {
        return new Inquiry(reference, host, peer, found, deadline, what, plainHttp);
    }

    /** The same of another host, which is only known because this one's answer names it: by nobody, whoever asks here. */
    Inquiry referredTo(String otherHost, ImageReference as) {
        return new Inquiry(
                as, otherHost, Peer.REFERRED, Keychain.Found.anonymous(List.of()), deadline, what, plainHttp);
    }

    /** What is shown: nothing over plain http. */
    Credential credential() {
        return plainHttp ? Credential.ANONYMOUS : found.credential();
    }

    /** Whether what is shown is of a Secret of the namespace on whose behalf this is asked, and so an account that a tenant chose. */
    boolean byTenantsOwn() {
        return !plainHttp && found.ofSecretIn(deadline.tenant());
    }

    /** As messages name who asks. */
    Asker asker() {
        return found.asker();
    }
}
