package dev.landwaiter.sigstore;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.HexFormat;

/**
 * A transparency log, or a log of certificates, of a trust root.
 *
 * @param name for people, from its base URL: {@code rekor.sigstore.dev}
 * @param id as entries name it: the SHA-256 of its key, or of its name and key, in lower-case hex
 * @param validity for which time its signatures count
 */
record Log(String name, String id, PublicKey key, Validity validity) {
    /** The first bytes of its id, by which a checkpoint's signature line names it. */
    byte[] hint() {
        return HexFormat.of().parseHex(id.substring(0, 8));
    }

    /** Whether {@code signature} over {@code message} is by this log. */
    boolean signed(byte[] message, byte[] signature) {
        return switch (key) {
            case EdECPublicKey ed25519 -> SignatureCheck.ed25519(key, message, signature);
            case ECPublicKey ec ->
                SignatureCheck.holds(
                        switch (ec.getParams().getOrder().bitLength()) {
                            case 384 -> "SHA384withECDSA";
                            case 521 -> "SHA512withECDSA";
                            default -> "SHA256withECDSA";
                        },
                        key,
                        message,
                        signature);
            default -> SignatureCheck.holds("SHA256withRSA", key, message, signature);
        };
    }
}
