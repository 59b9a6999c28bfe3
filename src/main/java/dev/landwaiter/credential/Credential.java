package dev.landwaiter.credential;

/** What a registry is shown to let us in. {@code toString} never tells a secret. */
public sealed interface Credential {
    /** No credential: whoever asks. */
    Credential ANONYMOUS = new Anonymous();

    /**
     * A value that is equal for the same credential and tells nothing of it: part of every cache's key, so that what one
     * credential may see is never served to another.
     */
    String identity();

    /** Where it was found, for messages: {@code secret "shop/pull"}, {@code docker configuration}, {@code no credentials}. */
    String source();

    /** Nobody. */
    record Anonymous() implements Credential {
        @Override
        public String identity() {
            return "anonymous";
        }

        @Override
        public String source() {
            return "no credentials";
        }
    }

    /** A user and a password, as of {@code docker login}. */
    record Basic(String user, String password, String source, String identity) implements Credential {
        public Basic {
            // computed here alone, once: it is asked for on every admission
            identity = CredentialIdentity.of("basic", user, password);
        }

        public Basic(String user, String password, String source) {
            this(user, password, source, "");
        }

        @Override
        public String toString() {
            return "Basic[user=" + user + ", source=" + source + "]";
        }
    }

    /** A refresh token (docker's {@code identitytoken}), exchanged at the registry's token server. */
    record RefreshToken(String token, String source, String identity) implements Credential {
        public RefreshToken {
            // computed here alone, once: it is asked for on every admission
            identity = CredentialIdentity.of("refresh", token);
        }

        public RefreshToken(String token, String source) {
            this(token, source, "");
        }

        @Override
        public String toString() {
            return "RefreshToken[source=" + source + "]";
        }
    }

    /** A bearer token for the registry itself (docker's {@code registrytoken}). */
    record Bearer(String token, String source, String identity) implements Credential {
        public Bearer {
            // computed here alone, once: it is asked for on every admission
            identity = CredentialIdentity.of("bearer", token);
        }

        public Bearer(String token, String source) {
            this(token, source, "");
        }

        @Override
        public String toString() {
            return "Bearer[source=" + source + "]";
        }
    }
}
