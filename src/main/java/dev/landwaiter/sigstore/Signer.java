package dev.landwaiter.sigstore;

import java.util.Map;

/** Who made a signature, as far as that was proven. */
public sealed interface Signer {
    /**
     * Whoever holds the private key of a public one.
     *
     * @param fingerprint {@code sha256:} and the hex SHA-256 of the key's DER
     */
    record Key(String fingerprint) implements Signer {}

    /**
     * Whom a certificate authority of the trust root vouched for.
     *
     * @param subject the certificate's subject alternative name: a URI, an e-mail address or Fulcio's other name
     * @param issuer of the identity token, from Fulcio's extensions
     * @param extensions Fulcio's other extensions by their names in lower camel case ({@code sourceRepositoryURI}), those that are there
     * @see <a href="https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md">Fulcio's extensions</a>
     */
    record Certificate(String subject, String issuer, Map<String, String> extensions) implements Signer {
        public Certificate {
            extensions = Map.copyOf(extensions);
        }
    }
}
