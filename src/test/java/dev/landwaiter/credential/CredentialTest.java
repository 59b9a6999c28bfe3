package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(new Credential.Basic("ann", "pw", "here", "anonymous"))
                .isEqualTo(new Credential.Basic("ann", "pw", "here"));
    }

    @Test
    void noneTellsItsSecret() {
        assertThat(new Credential.Basic("ann", "hunter2", "here")).hasToString("Basic[user=ann, source=here]");
        assertThat(new Credential.RefreshToken("hunter2", "here")).hasToString("RefreshToken[source=here]");
        assertThat(new Credential.Bearer("hunter2", "here")).hasToString("Bearer[source=here]");
    }
}
