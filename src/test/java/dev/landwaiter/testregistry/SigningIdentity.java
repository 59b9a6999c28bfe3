package dev.landwaiter.testregistry;

import java.util.Map;

/**
 * Whom a certificate of {@link TestFulcio} names.
 *
 * @param subject a URI, an e-mail address, or else a name of Fulcio's own kind
 * @param issuer of the identity token
 * @param extensions Fulcio's, by the last number of their OID: 12 is the source repository's URI
 */
public record SigningIdentity(String subject, String issuer, Map<Integer, String> extensions) {
    public SigningIdentity {
        extensions = Map.copyOf(extensions);
    }

    /** A person. */
    public static SigningIdentity email(String address, String issuer) {
        return new SigningIdentity(address, issuer, Map.of());
    }

    /** A GitHub workflow of {@code repository} ({@code acme/api}) at {@code ref}. */
    public static SigningIdentity workflow(String repository, String file, String ref) {
        String url = "https://github.com/" + repository;
        return new SigningIdentity(
                "%s/.github/workflows/%s@%s".formatted(url, file, ref),
                "https://token.actions.githubusercontent.com",
                Map.of(2, "push", 5, repository, 6, ref, 11, "github-hosted", 12, url, 14, ref, 20, "push"));
    }
}
