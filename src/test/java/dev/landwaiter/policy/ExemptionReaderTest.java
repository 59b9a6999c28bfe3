package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExemptionReaderTest {
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    private static Exemption read(String spec) {
        return new PolicyReader()
                .readExemption(Yaml.tree("kind: ImagePolicyException\nmetadata: {name: migration}\nspec: " + spec));
    }

    @Test
    void readsAnException() {
        Exemption exemption = read(
                "{policies: [signed, shop/own], images: [nginx, 'ghcr.io/acme/api@%s'], namespaces: [shop], expires: '2026-12-24T01:00:00+01:00', reason: moved}"
                        .formatted(DIGEST));

        assertThat(exemption)
                .isEqualTo(new Exemption(
                        "migration",
                        Set.of("signed", "shop/own"),
                        List.of(
                                new Exemption.ExemptImage("docker.io/library/nginx", null),
                                new Exemption.ExemptImage("ghcr.io/acme/api", DIGEST)),
                        Set.of("shop"),
                        Instant.parse("2026-12-24T00:00:00Z"),
                        "moved",
                        null));
        assertThat(exemption.inForce(Instant.parse("2026-12-23T23:59:59Z"))).isTrue();
        assertThat(exemption.inForce(Instant.parse("2026-12-24T00:00:00Z"))).isFalse();
    }

    @ParameterizedTest
    @Tag("attack-34")
    @DisplayName("Attack 34: an exception that is not exact, or does not end, has no effect")
    @CsvSource(delimiter = '|', textBlock = """
                    {policies: ["*"], images: [a/b], expires: "2026-12-24T00:00:00Z", reason: r}  | spec.policies[0] is "*", which is not the name of one policy: <name> of a ClusterImagePolicy, or <namespace>/<name>
                    {images: [a/b], expires: "2026-12-24T00:00:00Z", reason: r}                   | spec.policies is missing: an exception names exactly what it exempts
                    {policies: [p], images: [], expires: "2026-12-24T00:00:00Z", reason: r}       | spec.images is missing: an exception names exactly what it exempts
                    {policies: [p], images: ["a/*"], expires: "2026-12-24T00:00:00Z", reason: r}  | spec.images[0] is not the exact name of an image, and patterns are not taken: Could not read image reference "a/*": the repository's part '*' is not letters and digits joined by '.', '_', '__' or '-'. Expected: [registry[:port]/]repository[:tag][@sha256:…].
                    {policies: [p], images: ["a/b:1"], expires: "2026-12-24T00:00:00Z", reason: r} | spec.images[0] is "a/b:1": a tag may name something else tomorrow. Name the repository, or repository@digest
                    {policies: [p], images: [a/b], reason: r}                                     | spec.expires is missing: an exception says when it ends, for instance 2026-12-24T00:00:00Z
                    {policies: [p], images: [a/b], expires: never, reason: r}                     | spec.expires is "never"; it takes a time by RFC 3339, for instance 2026-12-24T00:00:00Z
                    {policies: [p], images: [a/b], expires: "2026-12-24T00:00:00Z"}               | spec.reason is missing: say why, for the people who are warned
                    {policies: [p], images: [a/b], namespaces: [], expires: "2026-12-24T00:00:00Z", reason: r} | spec.namespaces is empty: name some, or remove it where all are meant
                    {policies: [p], images: [a/b], namespaces: ["shop-*"], expires: "2026-12-24T00:00:00Z", reason: r} | spec.namespaces[0] is "shop-*", which is not the name of one namespace
                    {policies: [p], images: [a/b], subjects: [x], expires: "2026-12-24T00:00:00Z", reason: r} | spec.subjects is not supported by this version
                    """)
    void aLooseExceptionHasNoEffect(String spec, String problem) {
        Exemption exemption = read(spec);

        assertThat(exemption.problem()).isEqualTo(problem);
        assertThat(exemption.inForce(Instant.EPOCH)).isFalse();
    }
}
