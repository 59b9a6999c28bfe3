package dev.landwaiter.credential;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialTest {
    private static final List<Credential> DIFFERENT = List.of(
            Credential.ANONYMOUS,
            new Credential.Basic("ann", "pw", "here"),
            new Credential.Basic("ann", "pw2", "here"),
            new Credential.Basic("annp", "w", "here"),
            new Credential.RefreshToken("pw", "here"),
            new Credential.Bearer("pw", "here"));

    @Test
    void differentOnesHaveDifferentIdentities() {
        assertThat(DIFFERENT).extracting(Credential::identity).doesNotHaveDuplicates();
    }

    @Test
    void theSameOneHasTheSameIdentityWhereverItWasFound() {
        assertThat(new Credential.Basic("ann", "pw", "there").identity())
                .isEqualTo(new Credential.Basic("ann", "pw", "here").identity());
    }

    @Test
    void anIdentityCannotBeMadeUp() {
        assertThat(new Credential.Basic("ann", "pw", "here", CredentialIdentity.ANONYMOUS))
                .isEqualTo(new Credential.Basic("ann", "pw", "here"));
    }

    @Test
    void whoSharesTheSecretNamesACredentialAlikeAndNobodyElseDoes() {
        IdentityKey one = IdentityKey.of("a secret that all replicas share".getBytes(US_ASCII));
        IdentityKey same = IdentityKey.of("a secret that all replicas share".getBytes(US_ASCII));
        IdentityKey other = IdentityKey.of("a secret of quite other replicas".getBytes(US_ASCII));

        assertThat(DIFFERENT).extracting(credential -> credential.identity(one)).doesNotHaveDuplicates();
        for (Credential credential : DIFFERENT) {
            assertThat(credential.identity(same)).isEqualTo(credential.identity(one));
            if (!credential.equals(Credential.ANONYMOUS)) {
                assertThat(credential.identity(other))
                        .isNotEqualTo(credential.identity(one))
                        .isNotEqualTo(credential.identity());
            }
        }
    }

    @Test
    void aSecretThatCouldBeGuessedIsRefused() {
        assertThatThrownBy(() -> IdentityKey.of(new byte[31]))
                .hasMessage(
                        "Could not use the secret by which replicas name credentials: it has 31 bytes, and needs 32 at least. Make one by: openssl rand -base64 48");
    }

    @Test
    void noneTellsItsSecret() {
        assertThat(new Credential.Basic("ann", "hunter2", "here")).hasToString("Basic[user=ann, source=here]");
        assertThat(new Credential.RefreshToken("hunter2", "here")).hasToString("RefreshToken[source=here]");
        assertThat(new Credential.Bearer("hunter2", "here")).hasToString("Bearer[source=here]");
    }
}
