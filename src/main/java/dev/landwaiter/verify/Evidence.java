package dev.landwaiter.verify;

import dev.landwaiter.image.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What a verdict rests on.
 *
 * @param authority the policy's name for whoever signed
 * @param format in which the signature was found
 * @param signed the digest that was signed: the image's own, or, where each of an index's runnable manifests is, one of theirs;
 *     null where none had to be
 * @param signer who signed, for people: {@code key sha256:<fingerprint of the public key>}
 */
public record Evidence(
        String authority, Format format, @Nullable Digest signed, String signer) {
    /** Of an authority that passes everything: no signature was looked at. */
    public static Evidence ofStatic(String authority) {
        return new Evidence(authority, Format.STATIC, null, "");
    }

    /** How a signature is stored. */
    public enum Format {
        /** None was needed. */
        STATIC,
        /** cosign's old form: a {@code .sig} tag with simple signing payloads. */
        COSIGN_SIMPLE,
        /** A sigstore bundle with a DSSE envelope, as referrer. */
        SIGSTORE_BUNDLE
    }
}
