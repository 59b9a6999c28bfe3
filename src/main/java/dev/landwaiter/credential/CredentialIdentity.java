package dev.landwaiter.credential;

/**
 * Names a credential without telling it: a keyed hash of it, equal for the same credential under the same {@link IdentityKey}. Part of the
 * key of all that is remembered, so that what one credential may see is never served to another.
 */
public record CredentialIdentity(String text) {
    /** Of whoever shows no credential, whatever the key: no hash reads like this. */
    public static final CredentialIdentity ANONYMOUS = new CredentialIdentity("anonymous");

    @Override
    public String toString() {
        return text;
    }
}
