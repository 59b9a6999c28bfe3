package dev.landwaiter.verify;

import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.sigstore.Proof;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a verdict rests on.
 *
 * @param authority the policy's name for whoever signed
 * @param format in which the signature was found
 * @param signed the digest that was signed: the image's own, or, where each of an index's runnable manifests is, one of theirs;
 *     null where none had to be
 * @param signer who signed, for people: {@code key sha256:<fingerprint of the public key>}, or {@code <subject> (issuer <issuer>)}
 * @param time when, by the word of a log or timestamp authority; null where none was asked for or vouches
 * @param log the transparency log's entry; null where none was asked for
 * @param attestation the name of the policy's attestation that it is; {@code ""} for a signature
 * @param way in which the image counts as signed
 */
public record Evidence(
        String authority,
        Format format,
        @Nullable Digest signed,
        String signer,
        @Nullable Instant time,
        Proof.@Nullable LogEntry log,
        String attestation,
        Way way) {
    /** Of a signer in a record: the subject of a certificate may be as long as its authority lets it be. */
    private static final int RECORDED = 300;

    /** Of a signature of the image itself, for which nobody vouches but who made it. */
    public Evidence(String authority, Format format, @Nullable Digest signed, String signer) {
        this(authority, format, signed, signer, null, null, "", Way.ITSELF);
    }

    /** Of an authority that passes everything: no signature was looked at. */
    public static Evidence ofStatic(String authority) {
        return new Evidence(authority, Format.STATIC, null, "");
    }

    /** The same, of a manifest of an index that is not signed itself. */
    Evidence ofManifest() {
        return new Evidence(authority, format, signed, signer, time, log, attestation, Way.EVERY_MANIFEST);
    }

    /** About how many bytes it takes. */
    long weight() {
        return 300L
                + authority.length()
                + attestation.length()
                + 2L * signer.length()
                + (log == null ? 0 : 2L * log.log().length());
    }

    /** Whether a signature was looked at: a static pass rests on none. */
    public boolean ofSignature() {
        return format != Format.STATIC;
    }

    /** Who signed, as records have it: bounded, and without what two signatures of the same signer differ in. */
    public String recorded() {
        String shown = Shown.of(signer, RECORDED);
        return switch (way) {
            case ITSELF -> shown;
            case EVERY_MANIFEST -> shown + ", every manifest";
        };
    }

    /** How a signature is stored. */
    public enum Format {
        /** None was needed. */
        STATIC,
        /** cosign's old form: a {@code .sig} tag with simple signing payloads. */
        COSIGN_SIMPLE,
        /** cosign's old form of attestations: an {@code .att} tag with DSSE envelopes. */
        COSIGN_ATTESTATION,
        /** A sigstore bundle with a DSSE envelope, as referrer. */
        SIGSTORE_BUNDLE
    }

    /** Of what the signatures are. */
    public enum Way {
        /** Of the digest that the reference names. */
        ITSELF,
        /** Of every manifest that a node could select from the index that the reference names. */
        EVERY_MANIFEST
    }
}
