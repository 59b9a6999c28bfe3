package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.PemBlocks;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The verification cases of sigstore's conformance suite, where they are at hand: one test for each folder. The data is other people's and
 * stays where it is; {@code -Dlandwaiter.sigstore.conformance=‹folder›} says where.
 *
 * @see <a href="https://github.com/sigstore/sigstore-conformance/tree/main/test/assets/bundle-verify">its README</a>
 */
class ConformanceTest {
    private static final Path FOLDER = Path.of(
            System.getProperty("landwaiter.sigstore.conformance", "../../shared/fixtures/sigstore-conformance"));
    private static final String IDENTITY =
            "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    private static final String ISSUER = "https://token.actions.githubusercontent.com";
    /** The command line of the suite gives a key and an identity at once in this one. */
    private static final String KEY_AND_IDENTITY = "managed-key-and-client-identity_fail";

    @TestFactory
    List<DynamicTest> everyCaseIsJudgedAsItSays() throws IOException {
        Path cases = FOLDER.resolve("cases");
        Assumptions.assumeTrue(
                Files.isDirectory(cases),
                () -> "no conformance data at %s: give its folder with -Dlandwaiter.sigstore.conformance=…"
                        .formatted(FOLDER.toAbsolutePath().normalize()));
        try (Stream<Path> folders = Files.list(cases)) {
            return folders.filter(Files::isDirectory)
                    .sorted()
                    .map(folder -> DynamicTest.dynamicTest(name(folder), () -> judge(folder)))
                    .toList();
        }
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }

    private static void judge(Path folder) {
        if (!name(folder).endsWith("_fail")) {
            verify(folder);
            return;
        }
        assertThatThrownBy(() -> verify(folder)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isIn(Code.SIGNATURE_INVALID, Code.TRUST_ROOT_INVALID, Code.LIMIT_EXCEEDED);
            assertThat(failure.message()).doesNotStartWith("could not be read");
        });
    }

    /** As a caller does it: read, verify, and judge for itself what was signed and by whom. */
    private static void verify(Path folder) {
        byte[] artifact = read(folder.resolve("artifact")).orElseGet(() -> required(FOLDER.resolve("a.txt")));
        TrustedRoot root = TrustedRoot.parse(
                read(folder.resolve("trusted_root.json"))
                        .orElseGet(() -> required(FOLDER.resolve("public_good_trusted_root.json"))),
                "the case's trust root");
        Bundle bundle = Bundle.parse(required(folder.resolve("bundle.sigstore.json")), Limits.defaults(), "the bundle")
                .over(artifact);
        checkContent(bundle, artifact);
        Demands demands = new Demands(Optional.of(root), Optional.of(root), Optional.empty());
        Optional<byte[]> key = read(folder.resolve("key.pub"));
        if (key.isEmpty() || name(folder).equals(KEY_AND_IDENTITY)) {
            Signer.Certificate signer = (Signer.Certificate)
                    new BundleVerifier().byCertificate(bundle, demands).signer();
            check(signer.subject().equals(text(folder, "identity", IDENTITY)), "another identity: " + signer.subject());
            check(signer.issuer().equals(text(folder, "issuer", ISSUER)), "another issuer: " + signer.issuer());
        }
        key.ifPresent(pem -> check(
                new BundleVerifier().byKey(bundle, publicKey(pem), demands).isPresent(), "is not by the key"));
    }

    private static void checkContent(Bundle bundle, byte[] artifact) {
        if (bundle.content() instanceof Bundle.Content.Envelope envelope) {
            check(
                    Stream.of("sha256", "sha512").anyMatch(algorithm -> names(envelope, algorithm, artifact)),
                    "is about another subject");
        }
    }

    /** Whether one of the subjects of the statement in {@code envelope} is {@code artifact}. */
    private static boolean names(Bundle.Content.Envelope envelope, String algorithm, byte[] artifact) {
        String hex = HexFormat.of().formatHex(Hashing.of(algorithm, artifact).orElseThrow());
        for (JsonNode subject : Recorded.json(envelope.payload()).path("subject")) {
            if (subject.path("digest").path(algorithm).asText().equals(hex)) {
                return true;
            }
        }
        return false;
    }

    private static void check(boolean holds, String why) {
        if (!holds) {
            throw Refusal.of(why);
        }
    }

    /** As a caller reads it: what is no key, or is no point on its curve, is refused and never thrown back as something else. */
    private static PublicKey publicKey(byte[] pem) {
        return PemBlocks.only(new String(pem, StandardCharsets.US_ASCII))
                .flatMap(block -> PublicKeyFormat.decode(block.der()))
                .orElseThrow(() -> Refusal.of("is to be by a key that can't be used"));
    }

    @Test
    void aKeyThatIsNoPointOnItsCurveIsRefusedAsAnyOtherThatCannotBeUsed() {
        byte[] der = SigningKey.p256().keys().getPublic().getEncoded();
        der[der.length - 1] ^= 1;

        for (byte[] pem : List.of(pem(der), "no key".getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> publicKey(pem))
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.SIGNATURE_INVALID));
        }
    }

    private static byte[] pem(byte[] der) {
        return TestAuthority.pem("PUBLIC KEY", der).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Path folder, String name, String byDefault) {
        return read(folder.resolve(name))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
                .orElse(byDefault);
    }

    private static byte[] required(Path file) {
        return read(file).orElseThrow(() -> new IllegalStateException(file + " is missing"));
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("could not read " + file, e);
        }
    }
}
