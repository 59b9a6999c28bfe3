package dev.landwaiter.sigstore;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A signature that is good by itself, for witnesses to be held against.
 *
 * @param message the bytes that it is over
 * @param payload of the envelope; {@code message} where there is none
 * @param payloadType of the envelope; {@code ""} where there is none
 * @param document the envelope as it was written; empty where it is not known
 * @param certificate of the signer; null where a policy named the key
 */
record Signed(
        byte[] message,
        byte[] signature,
        byte[] payload,
        String payloadType,
        byte[] document,
        PublicKey key,
        @Nullable X509Certificate certificate) {

    static Signed of(Bundle bundle, PublicKey key, @Nullable X509Certificate certificate) {
        byte[] document = bundle.witnesses().document();
        return switch (bundle.content()) {
            case Bundle.Content.Envelope envelope ->
                new Signed(
                        encoded(envelope.payloadType(), envelope.payload()),
                        envelope.signature(),
                        envelope.payload(),
                        envelope.payloadType(),
                        document,
                        key,
                        certificate);
            case Bundle.Content.Plain plain ->
                new Signed(plain.payload(), plain.signature(), plain.payload(), "", document, key, certificate);
            case Bundle.Content.Message message ->
                throw Refusal.of("is over an artefact that did not come along: only its digest is known");
        };
    }

    /** Whether its key made it, with {@code hash}; with one that goes with the kind of key where that is null. */
    boolean good(@Nullable HashAlgorithm hash) {
        return PublicKeyFormat.sound(key)
                && (hash == null
                        ? KeySignature.isBy(key, message, signature)
                        : KeySignature.isBy(key, hash, message, signature));
    }

    /** The hash with which its key made it; empty where it did not. */
    Optional<HashAlgorithm> hash() {
        return PublicKeyFormat.sound(key) ? KeySignature.hash(key, message, signature) : Optional.empty();
    }

    /** What a DSSE signature is over: {@code DSSEv1 <length> <type> <length> <payload>}, lengths in bytes. */
    static byte[] encoded(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(payload.length + type.length + 32);
        encoded.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
        encoded.writeBytes(type);
        encoded.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
        encoded.writeBytes(payload);
        return encoded.toByteArray();
    }

    /** Whether the signer is the holder of the certificate {@code der}. */
    boolean byCertificate(byte[] der) {
        try {
            if (certificate != null) {
                return Arrays.equals(certificate.getEncoded(), der);
            }
        } catch (CertificateEncodingException e) {
            return false;
        }
        // whoever signs with a key of his own may have shown the log a certificate for it
        Optional<X509Certificate> shown = CertificateFormat.decode(der);
        return shown.isPresent() && byKey(shown.get().getPublicKey().getEncoded());
    }

    /** Whether the signer is the holder of the SubjectPublicKeyInfo {@code der}, and of no certificate that it could be about. */
    boolean byPublicKey(byte[] der) {
        return certificate == null && byKey(der);
    }

    private boolean byKey(byte[] der) {
        return Arrays.equals(key.getEncoded(), der);
    }
}
