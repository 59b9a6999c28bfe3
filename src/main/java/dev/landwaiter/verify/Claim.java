package dev.landwaiter.verify;

/**
 * What one of the things found beside an image says, read and checked but for its signature.
 */
sealed interface Claim {
    /** The message for whoever asks why it did not count: {@code tag sha256-….sig, layer sha256:…}. */
    String where();

    /**
     * It says that the image's digest is signed: true if {@code signature} over {@code message} is by whom a policy names.
     *
     * @param keyless whether it came with a certificate, so that no key may ever have made it
     */
    record Signed(String where, Evidence.Format format, byte[] message, byte[] signature, boolean keyless)
            implements Claim {}

    /** It is meant as a signature but says something else, or cannot be read; {@code why} completes 'it …'. */
    record Defective(String where, String why) implements Claim {}

    /** It is no signature and was never meant as one: an attestation; {@code what} it is completes 'it is …'. */
    record Unrelated(String where, String what) implements Claim {}
}
