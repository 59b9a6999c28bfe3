package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A cosign key pair in two files.
 *
 * @param prefix of both: {@code .key} holds the private half, {@code .pub} the public one
 */
record SigningKey(Path prefix) implements Signatory {
    Path privateFile() {
        return Path.of(prefix + ".key");
    }

    @Override
    public List<String> flags() {
        return List.of("--key", privateFile().toString());
    }

    /** PEM, as a policy has it. */
    String publicPem() {
        try {
            return Files.readString(Path.of(prefix + ".pub"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As records name whoever holds it: the SHA-256 of the public key's DER. */
    String signer() {
        String der = publicPem().replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Base64.getDecoder().decode(der));
            return "key sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
