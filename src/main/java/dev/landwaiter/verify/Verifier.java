package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.ImagePolicy;

/** Says whether an image is as a policy demands. Never throws for what a registry or an image did: that is a verdict. */
@FunctionalInterface
public interface Verifier {
    Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline);
}
