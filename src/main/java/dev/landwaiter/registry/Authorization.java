package dev.landwaiter.registry;

import dev.landwaiter.credential.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The value of an {@code Authorization} header.
 *
 * @param value whole, a secret
 */
record Authorization(String value) {
    static Authorization basic(Credential.Basic credential) {
        byte[] pair = (credential.user() + ":" + credential.password()).getBytes(StandardCharsets.UTF_8);
        return new Authorization("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    static Authorization bearer(String token) {
        return new Authorization("Bearer " + token);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Authorization[" + value.substring(0, Math.max(0, value.indexOf(' '))) + "]";
    }
}
