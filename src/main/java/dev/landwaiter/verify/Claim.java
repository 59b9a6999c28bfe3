package dev.landwaiter.verify;

import dev.landwaiter.sigstore.Bundle;

/**
 * What one of the things found beside an image says, read and checked but for its signature.
 */
sealed interface Claim {
    /** The message for whoever asks why it did not count: {@code tag sha256-….sig, layer sha256:…}. */
    String where();

    /** It is about the image's digest: true if the bundle's signature is by whom a policy names. */
    sealed interface Signed extends Claim {
        Evidence.Format format();

        Bundle bundle();
    }

    /** It says that the image is signed. */
    record Signature(String where, Evidence.Format format, Bundle bundle) implements Signed {}

    /** It says something else of the image, and never that it is signed: its payload is an in-toto statement of this type. */
    record Attested(String where, Evidence.Format format, Bundle bundle, String predicateType) implements Signed {}

    /**
     * It is meant as a signature or attestation but is about something else, or cannot be read.
     *
     * @param why completes 'it …'
     * @param predicateType of the attestation that it is meant as, {@code ""} for a signature or where that can't be told
     */
    record Defective(String where, String why, String predicateType) implements Claim {}

    /** It is neither and was never meant as one; {@code what} it is completes 'it is …'. */
    record Unrelated(String where, String what) implements Claim {}

    /** So many more things, which state to be something else than what is asked for, and were not read. */
    record Unread(String where, int number) implements Claim {}
}
