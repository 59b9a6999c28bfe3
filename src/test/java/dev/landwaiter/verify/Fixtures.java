package dev.landwaiter.verify;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.testregistry.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the tests of this package are about: one image, policies, files that cosign made. */
final class Fixtures {
    /** Of test/busybox, which cosign signed: the files in {@code sigstore/}. */
    static final Digest BUSYBOX =
            Digest.parse("sha256:4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f");

    static final Digest OTHER = Digest.sha256("another image".getBytes(StandardCharsets.UTF_8));
    static final ImageReference REFERENCE = ImageReference.parse("ghcr.io/acme/api:1.4");
    static final Keychain.Found ANYBODY = Keychain.Found.anonymous(List.of());

    private Fixtures() {}

    static PolicyVerifier verifier(ArtifactFetcher artifacts) {
        return new PolicyVerifier(
                artifacts, SourceKeychains.NONE, new BundleVerifier(), Limits.defaults(), System::nanoTime);
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static byte[] file(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/sigstore/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(String name) {
        return new String(file(name), StandardCharsets.UTF_8);
    }

    static Image image(Digest digest) {
        return new Image(REFERENCE, digest, manifest(digest));
    }

    /** An index of {@code digest} with {@code manifests}. */
    static Image index(Digest digest, Digest... manifests) {
        List<Descriptor> entries = Arrays.stream(manifests)
                .map(manifest -> Descriptor.of(MediaType.OCI_MANIFEST, manifest, 1))
                .toList();
        Index index = new Index(digest, MediaType.OCI_INDEX, "", entries, null, Map.of(), 1);
        return new Image(REFERENCE, digest, index);
    }

    private static Manifest manifest(Digest digest) {
        Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, Digest.sha256(new byte[0]), 2);
        return new Manifest(digest, MediaType.OCI_MANIFEST, "", config, List.of(), null, Map.of(), 1);
    }

    static ImagePolicy policy(Authority... authorities) {
        return new ImagePolicy(
                "signed",
                "",
                List.of(new ImageGlob("ghcr.io/**")),
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(authorities),
                1,
                null,
                Integer.toHexString(Arrays.hashCode(authorities)));
    }

    static Authority key(String name, SigningKey key) {
        return key(name, key.publicPem());
    }

    static Authority key(String name, String pem) {
        return new Authority.Key(name, VerificationKey.parseAll(pem, name), Terms.PLAIN);
    }

    static Keychain.Found user(String user) {
        return new Keychain.Found(new Credential.Basic(user, "pw", "secret \"shop/pull\""), List.of());
    }
}
