package dev.landwaiter.e2e;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What tests write into policies: YAML, as an admin would. */
final class Policies {
    private Policies() {}

    /** The spec of a policy for the images of {@code glob}. */
    static String of(String glob, String... authorities) {
        return "images: [{glob: \"%s\"}]%nauthorities:%n%s"
                .formatted(
                        glob,
                        Arrays.stream(authorities)
                                .map(authority -> "  - " + authority.indent(4).stripLeading())
                                .collect(Collectors.joining()));
    }

    /** An authority of one key; {@code terms} are further fields of it. */
    static String key(String name, SigningKey key, String... terms) {
        return """
                name: %s
                key:
                  data: |
                %s%s""".formatted(name, key.publicPem().indent(4), String.join("\n", terms));
    }

    /** An authority of one identity. */
    static String keyless(String name, String trustRoot, String identity, String... terms) {
        return """
                name: %s
                keyless:
                  trustRootRef: %s
                  identities:
                    - {%s}
                %s""".formatted(name, trustRoot, identity, String.join("\n", terms));
    }

    /** An identity by its exact issuer and subject. */
    static String exactly(String issuer, String subject) {
        return "issuer: \"%s\", subject: \"%s\"".formatted(issuer, subject);
    }

    /** Asks for an attestation of {@code type} of which {@code cel} holds. */
    static String attestation(String name, String type, String cel) {
        return """
                attestations:
                  - name: %s
                    predicateType: %s
                    policy:
                      type: cel
                      data: |
                %s""".formatted(name, type, cel.indent(8));
    }
}
