package dev.landwaiter.verify;

import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.policy.Source;
import org.jspecify.annotations.Nullable;

/**
 * Where signatures may be.
 *
 * @param repository its tag and digest do not matter
 * @param credential to be shown there
 * @param tagPrefix what stands before {@code sha256-<hex>} in the tags of the old form, {@code ""} for nothing
 * @param source whose Secrets the credential is of; null where it is the image's, or nobody's
 */
record Place(
        ImageReference repository,
        Keychain.Found credential,
        String tagPrefix,
        @Nullable Source source) {
    /** The image's own repository. */
    static Place own(ImageReference image, Keychain.Found credential) {
        return new Place(image, credential, "", null);
    }

    /** The same with another credential. */
    Place with(Keychain.Found another) {
        return new Place(repository, another, tagPrefix, source);
    }

    /** The tag of the old form for {@code subject}. */
    String tag(Digest subject, String suffix) {
        return tagPrefix + subject.algorithm() + "-" + subject.hex() + suffix;
    }

    Key key() {
        return new Key(
                repository.registry(),
                repository.repository(),
                credential.credential().identity(),
                tagPrefix);
    }

    /** Two places of the same one are the same, whoever came by their credential in which way. */
    record Key(String registry, String repository, CredentialIdentity credential, String tagPrefix) {}
}
