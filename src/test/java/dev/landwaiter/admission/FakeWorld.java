package dev.landwaiter.admission;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageConfig;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Registries and signatures as golden cases want them, told by a repository's name: {@code …/signed} is signed, {@code …/missing} is not
 * there, {@code …/down} cannot be reached, {@code …/flaky} resolves but cannot be verified. It remembers what was looked up, and knows
 * without time only what it remembers.
 */
public final class FakeWorld implements ImageFetcher, Verifier {
    /** Asks for a signature on every image of {@code r.test}. */
    static final ImagePolicy SIGNED = new ImagePolicy(
            "signed",
            "",
            List.of(new ImageGlob("r.test/**")),
            LabelSelector.ALL,
            Mode.ENFORCE,
            OnUnavailable.DENY,
            List.of(new Authority.Key("release", List.of(), Terms.PLAIN)),
            1,
            null,
            "content");

    private static final Digest NOTHING = Digest.sha256(new byte[0]);

    private final Set<String> remembered = ConcurrentHashMap.newKeySet();

    public static Digest digestOf(ImageReference reference) {
        return reference
                .digest()
                .orElseGet(() -> Digest.sha256(
                        (reference.name() + ":" + reference.identifier()).getBytes(StandardCharsets.UTF_8)));
    }

    public Set<String> remembered() {
        return remembered;
    }

    @Override
    public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        look("resolve " + reference, deadline);
        switch (lastPart(reference)) {
            case "missing" ->
                throw new Failure(
                        Code.IMAGE_NOT_FOUND,
                        "Could not resolve \"%s\": %s answered 404 MANIFEST_UNKNOWN. Check name and tag."
                                .formatted(reference, reference.host()));
            case "down" ->
                throw new Failure(
                        Code.REGISTRY_UNREACHABLE,
                        "Could not resolve \"%s\": connection to %s refused. Check that the registry is up."
                                .formatted(reference, reference.host()));
            case "bug" -> throw new IllegalStateException("a bug");
            default -> {}
        }
        Digest digest = digestOf(reference);
        Manifest manifest = new Manifest(
                digest,
                MediaType.OCI_MANIFEST,
                "",
                Descriptor.of(MediaType.OCI_CONFIG, NOTHING, 2),
                List.of(),
                null,
                Map.of(),
                500);
        return new Image(reference, digest, manifest);
    }

    @Override
    public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
        look("details " + image.digest(), deadline);
        if (lastPart(image.reference()).equals("unlabelled")) {
            throw new Failure(Code.IMAGE_NOT_FOUND, "Could not fetch the configuration: 404.");
        }
        return new ImageDetails(image.digest(), new ImageConfig(platform, Map.of()));
    }

    @Override
    public Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        try {
            look("verify " + image.digest() + policy.contentDigest(), deadline);
        } catch (Failure e) {
            return new Verdict.Unavailable(e.code(), e.message());
        }
        return switch (lastPart(image.reference())) {
            case "signed" ->
                new Verdict.Verified(List.of(new Evidence(
                        policy.authorities().getFirst().name(),
                        Evidence.Format.SIGSTORE_BUNDLE,
                        image.digest(),
                        "key sha256:0f0f")));
            case "flaky" ->
                new Verdict.Unavailable(Code.REGISTRY_TIMEOUT, "the registry did not answer in time. Try again.");
            default ->
                new Verdict.Rejected(
                        Code.SIGNATURE_MISSING, "no signature was found for %s. Sign it.".formatted(image.digest()));
        };
    }

    @Override
    public void invalidate() {
        remembered.clear();
    }

    private void look(String what, Deadline deadline) {
        if (!remembered.contains(what)) {
            deadline.check(what);
            remembered.add(what);
        }
    }

    private static String lastPart(ImageReference reference) {
        return reference.repository().substring(reference.repository().lastIndexOf('/') + 1);
    }
}
