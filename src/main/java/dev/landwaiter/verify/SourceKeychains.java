package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.policy.Source;

/** The credentials for looking up signatures where a policy says that they are kept: of the Secrets that it names, for nothing else. */
@FunctionalInterface
public interface SourceKeychains {
    /** Whoever asks, everywhere: where there are no Secrets. */
    SourceKeychains NONE = source -> Keychain.ANONYMOUS;

    /** The credentials of the Secrets that {@code source} names; asked only where it names any. */
    Keychain of(Source source);
}
