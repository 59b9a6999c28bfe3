package dev.landwaiter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageConfig;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryFetcherTest {
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(10));
    private static final String REPOSITORY = "ghcr.io/acme/api";
    private static final ImageReference REFERENCE = ImageReference.parse(REPOSITORY + ":1");

    private final FakeRegistry registry = new FakeRegistry();
    private final RegistryFetcher fetcher = new RegistryFetcher(registry, Limits.defaults());

    @Test
    void anImageOfOnePlatformIsItsManifest() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("a"));

        Image image = fetcher.resolve(REFERENCE, NOBODY, SOON);

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.pinned().text()).isEqualTo(REPOSITORY + "@" + digest);
        assertThat(registry.asked()).containsExactly("GET 1");
    }

    @Test
    void ofAnIndexTheIndexIsPinnedAndItCostsOneRequest() {
        Digest one = registry.put(REPOSITORY, "x", Documents.manifest("one"));
        Digest nested = registry.put(REPOSITORY, "y", Documents.index(Documents.entry(MediaType.OCI_MANIFEST, one)));
        Digest index = registry.put(
                REPOSITORY,
                "1",
                Documents.index(
                        Documents.entry(MediaType.OCI_MANIFEST, one, "linux", "amd64"),
                        Documents.entry(MediaType.OCI_INDEX, nested)));

        Image image = fetcher.resolve(REFERENCE, NOBODY, SOON);

        assertThat(image.digest()).isEqualTo(index);
        assertThat(image.pinned().text()).isEqualTo(REPOSITORY + "@" + index);
        assertThat(registry.asked()).containsExactly("GET 1");
    }

    @Test
    void labelsAreNeverThoseOfAnAttestation() {
        Digest attestation = registry.put(REPOSITORY, "z", Documents.manifest("attestation"));
        Digest two = registry.put(REPOSITORY, "y", Documents.manifest("two"));
        registry.put(
                REPOSITORY,
                "1",
                Documents.index(
                        Documents.entry(MediaType.OCI_MANIFEST, attestation, "unknown", "unknown"),
                        Documents.entry(MediaType.OCI_MANIFEST, two)));

        assertThat(detailed().platformDigest()).isEqualTo(two);
    }

    @Test
    void labelsAreLookedForInIndexesWithinAnIndexToo() {
        Digest inner = registry.put(REPOSITORY, "x", Documents.manifest("inner"));
        Digest nested = registry.put(
                REPOSITORY, "y", Documents.index(Documents.entry(MediaType.OCI_MANIFEST, inner, "linux", "arm64")));
        registry.put(REPOSITORY, "1", Documents.index(Documents.entry(MediaType.OCI_INDEX, nested)));

        assertThat(detailed().platformDigest()).isEqualTo(inner);
    }

    @Test
    void indexesAreFollowedTwoLevelsDeepAndNoFurther() {
        Digest leaf = registry.put(REPOSITORY, "leaf", Documents.manifest("leaf"));
        Digest third = registry.put(REPOSITORY, "3", Documents.index(Documents.entry(MediaType.OCI_MANIFEST, leaf)));
        Digest second = registry.put(REPOSITORY, "2", Documents.index(Documents.entry(MediaType.OCI_INDEX, third)));
        registry.put(REPOSITORY, "1", Documents.index(Documents.entry(MediaType.OCI_INDEX, second)));

        assertThatThrownBy(this::detailed)
                .hasMessage(
                        "Could not read index of ghcr.io/acme/api:1: it exceeds the limit 'index-depth' of 2 levels. If it is meant to be"
                                + " that large, raise the setting --limit index-depth=….");
    }

    @Test
    void theEntriesOfAllIndexesTogetherAreBounded() {
        Digest leaf = registry.put(REPOSITORY, "leaf", Documents.manifest("leaf"));
        String entry = Documents.entry(MediaType.OCI_MANIFEST, leaf);
        Digest nested = registry.put(REPOSITORY, "2", Documents.index(entry, entry, entry));
        registry.put(REPOSITORY, "1", Documents.index(Documents.entry(MediaType.OCI_INDEX, nested), entry));
        RegistryFetcher bounded = new RegistryFetcher(registry, Limits.of(Map.of(Limit.INDEX_MANIFESTS, 3L)));
        Image image = bounded.resolve(REFERENCE, NOBODY, SOON);

        assertThat(catchThrowableOfType(Failure.class, () -> bounded.details(image, Platform.LINUX_AMD64, NOBODY, SOON))
                        .code())
                .isEqualTo(Code.LIMIT_EXCEEDED);
    }

    private ImageDetails detailed() {
        return fetcher.details(fetcher.resolve(REFERENCE, NOBODY, SOON), Platform.LINUX_AMD64, NOBODY, SOON);
    }

    @Test
    void labelsAreThoseOfThePlatform() {
        String arm = "{\"os\":\"linux\",\"architecture\":\"arm64\",\"config\":{\"Labels\":{\"for\":\"arm\"}}}";
        String amd = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"for\":\"amd\"}}}";
        Digest armManifest = registry.put(REPOSITORY, "x", Documents.manifest(registry.putBlob(arm), arm.length()));
        Digest amdManifest = registry.put(REPOSITORY, "y", Documents.manifest(registry.putBlob(amd), amd.length()));
        registry.put(
                REPOSITORY,
                "1",
                Documents.index(
                        Documents.entry(MediaType.OCI_MANIFEST, armManifest, "linux", "arm64"),
                        Documents.entry(MediaType.OCI_MANIFEST, amdManifest, "linux", "amd64")));
        Image image = fetcher.resolve(REFERENCE, NOBODY, SOON);

        ImageDetails details = fetcher.details(image, Platform.LINUX_AMD64, NOBODY, SOON);
        assertThat(details.platformDigest()).isEqualTo(amdManifest);
        assertThat(details.config().labels()).containsExactly(Map.entry("for", "amd"));
        assertThat(fetcher.details(image, Platform.parse("windows/amd64"), NOBODY, SOON)
                        .platformDigest())
                .as("the first one where none fits")
                .isEqualTo(armManifest);
    }

    @Test
    void anArtifactHasNoLabelsAndItsConfigurationIsNotFetched() {
        Digest digest = registry.put(REPOSITORY, "1", Documents.manifest("artifact"));
        Image image = fetcher.resolve(REFERENCE, NOBODY, SOON);

        assertThat(fetcher.details(image, Platform.LINUX_AMD64, NOBODY, SOON))
                .isEqualTo(new ImageDetails(digest, ImageConfig.NONE));
        assertThat(registry.asked()).containsExactly("GET 1");
    }

    @Test
    void anIndexThatNamesNothingToRunHasNoPlatform() {
        registry.put(REPOSITORY, "1", Documents.index());
        Image image = fetcher.resolve(REFERENCE, NOBODY, SOON);

        assertThatThrownBy(() -> fetcher.details(image, Platform.LINUX_AMD64, NOBODY, SOON))
                .hasMessage(
                        "Could not read the labels of ghcr.io/acme/api:1: its index names no image that a node could run. Push it for linux/amd64.");
    }
}
