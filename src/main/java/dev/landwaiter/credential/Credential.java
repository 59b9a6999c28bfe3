package dev.landwaiter.credential;

/** What a registry is shown to let us in. {@code toString} never tells a secret. */
public sealed interface Credential {
    /** No credential: whoever asks. */
    Credential ANONYMOUS = new Anonymous();

    /** Its name within this process. */
    CredentialIdentity identity();

    /** Its name for all who share {@code key}. Computed each time. */
    CredentialIdentity identity(IdentityKey key);

    /** Where it was found, for messages: {@code secret "shop/pull"}, {@code docker configuration}, {@code no credentials}. */
    String source();

    /** Nobody. */
    record Anonymous() implements Credential {
        @Override
        public CredentialIdentity identity() {
            return CredentialIdentity.ANONYMOUS;
        }

        @Override
        public CredentialIdentity identity(IdentityKey key) {
            return CredentialIdentity.ANONYMOUS;
        }

        @Override
        public String source() {
            return "no credentials";
        }
    }

    /** A user and a password, as of {@code docker login}. */
    record Basic(String user, String password, String source, CredentialIdentity identity) implements Credential {
        public Basic {
            // computed here alone, once: it is asked for on every admission
            identity = IdentityKey.OF_PROCESS.identity("basic", user, password);
        }

        public Basic(String user, String password, String source) {
            this(user, password, source, CredentialIdentity.ANONYMOUS);
        }

        @Override
        public CredentialIdentity identity(IdentityKey key) {
            return key.identity("basic", user, password);
        }

        @Override
        public String toString() {
            return "Basic[user=" + user + ", source=" + source + "]";
        }
    }

    /** A refresh token (docker's {@code identitytoken}), exchanged at the registry's token server. */
    record RefreshToken(String token, String source, CredentialIdentity identity) implements Credential {
        public RefreshToken {
            // computed here alone, once: it is asked for on every admission
            identity = IdentityKey.OF_PROCESS.identity("refresh", token);
        }

        public RefreshToken(String token, String source) {
            this(token, source, CredentialIdentity.ANONYMOUS);
        }

        @Override
        public CredentialIdentity identity(IdentityKey key) {
            return key.identity("refresh", token);
        }

        @Override
        public String toString() {
            return "RefreshToken[source=" + source + "]";
        }
    }

    /** A bearer token for the registry itself (docker's {@code registrytoken}). */
    record Bearer(String token, String source, CredentialIdentity identity) implements Credential {
        public Bearer {
            // computed here alone, once: it is asked for on every admission
            identity = IdentityKey.OF_PROCESS.identity("bearer", token);
        }

        public Bearer(String token, String source) {
            this(token, source, CredentialIdentity.ANONYMOUS);
        }

        @Override
        public CredentialIdentity identity(IdentityKey key) {
            return key.identity("bearer", token);
        }

        @Override
        public String toString() {
            return "Bearer[source=" + source + "]";
        }
    }
}
