package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/**
 * Whom to believe: certificate authorities, certificate transparency logs, transparency logs and timestamp authorities, each with the time
 * for which it counts. Immutable.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_trustroot.proto">trusted_root.json</a>
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"}) // until it is built
public final class TrustedRoot {
    private final String digest;

    private TrustedRoot(String digest) {
        this.digest = digest;
    }

    /**
     * Reads a {@code trusted_root.json}.
     *
     * @param what it is, for messages: {@code TrustRoot "private"}
     * @throws Failure {@code TRUST_ROOT_INVALID} where it can't be used
     */
    public static TrustedRoot parse(byte[] json, String what) {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet: " + what + json.length);
    }

    /** Sigstore's public good instance, as shipped inside; needs no network. */
    public static TrustedRoot publicGood() {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet");
    }

    /** {@code sha256:…} of what it says, so that two of the same content are known to be the same. */
    public String digest() {
        return digest;
    }
}
