package dev.landwaiter.policy;

import dev.landwaiter.sigstore.Signer;
import java.util.Map;

/**
 * Whom a certificate must name. All that is given must hold.
 *
 * @param issuer of the identity token
 * @param subject of the certificate
 * @param extensions Fulcio's extensions, by name
 */
public record Identity(TextMatch issuer, TextMatch subject, Map<String, TextMatch> extensions) {
    public Identity {
        extensions = Map.copyOf(extensions);
    }

    public boolean matches(Signer.Certificate certificate) {
        return issuer.matches(certificate.issuer())
                && subject.matches(certificate.subject())
                && extensions.entrySet().stream()
                        .allMatch(extension -> certificate.extensions().containsKey(extension.getKey())
                                && extension
                                        .getValue()
                                        .matches(certificate.extensions().get(extension.getKey())));
    }
}
