package dev.landwaiter.e2e;

/**
 * An image in a registry.
 *
 * @param reference with its tag, as a person writes it into a Pod
 * @param digest of its manifest, {@code sha256:…}
 */
record PushedImage(String reference, String digest) {
    /** What a Pod must carry in the end. */
    String pinned() {
        return reference + "@" + digest;
    }

    /** {@code registry/repository}. */
    String name() {
        return reference.substring(0, reference.lastIndexOf(':'));
    }

    String tag() {
        return reference.substring(reference.lastIndexOf(':') + 1);
    }

    /** What is signed: the repository and the digest. */
    String canonical() {
        return name() + "@" + digest;
    }

    /** Where cosign's old form keeps signatures of it. */
    String signatureTag() {
        return digest.replace(':', '-') + ".sig";
    }
}
