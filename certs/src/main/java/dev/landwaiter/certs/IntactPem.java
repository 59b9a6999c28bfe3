package dev.landwaiter.certs;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can still be read of PEM that may be torn or damaged, block by block.
 *
 * @param values of the blocks that can be read, in their order
 * @param damaged whether there is anything besides them
 */
record IntactPem<T>(List<T> values, boolean damaged) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\\s]*-----END \\1-----\\s*");

    IntactPem {
        values = List.copyOf(values);
    }

    static IntactPem<X509Certificate> certificates(byte[] pem) {
        return read(pem, (block, where) -> PemReader.certificates(block, where).getFirst());
    }

    static IntactPem<PrivateKey> keys(byte[] pem) {
        return read(pem, PemReader::privateKey);
    }

    private static <T> IntactPem<T> read(byte[] pem, BiFunction<byte[], String, T> reader) {
        List<T> values = new ArrayList<>();
        String text = new String(pem, StandardCharsets.US_ASCII);
        Matcher blocks = BLOCK.matcher(text);
        boolean damaged = false;
        int end = 0;
        while (blocks.find()) {
            damaged |= !text.substring(end, blocks.start()).isBlank();
            end = blocks.end();
            try {
                values.add(reader.apply(blocks.group().getBytes(StandardCharsets.US_ASCII), "block"));
            } catch (CertificateInvalid e) {
                damaged = true;
            }
        }
        return new IntactPem<>(values, damaged || !text.substring(end).isBlank());
    }
}
