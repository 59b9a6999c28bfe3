package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.admission.FakeWorld;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicySet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CredentialRefreshTest {
    private final FakeWorld world = new FakeWorld();
    private final List<String> shown = new ArrayList<>();

    /** A registry that takes one password alone. */
    private final ImageFetcher fetcher = new ImageFetcher() {
        @Override
        public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
            deadline.check("the look-up");
            String password = credential.credential() instanceof Credential.Basic basic ? basic.password() : "";
            shown.add(password);
            if (!password.equals("new")) {
                throw new Failure(Code.REGISTRY_UNAUTHORIZED, "Could not fetch: 401.");
            }
            return world.resolve(reference, credential, deadline);
        }

        @Override
        public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
            return world.details(image, platform, credential, deadline);
        }

        @Override
        public void invalidate() {}
    };

    private static Keychain.Found password(String password) {
        return new Keychain.Found(new Credential.Basic("u", password, "secret \"shop/pull\""), List.of());
    }

    private Finding look(String known, String fresh) {
        Keychain keychain = new Keychain() {
            @Override
            public Found find(ImageReference reference, Deadline deadline) {
                return password(known);
            }

            @Override
            public Found refresh(ImageReference reference, Deadline deadline) {
                return password(fresh);
            }
        };
        ImageChecks checks = new ImageChecks(fetcher, world, Platform.LINUX_AMD64, Limits.defaults());
        NamespaceScope scope = new NamespaceScope(
                PolicySet.EMPTY,
                (_, _) -> Optional.of(Map.of()),
                "shop",
                new PodSelection(Map.of()),
                Instant.EPOCH,
                false);
        Map<String, Finding> findings = checks.known(List.of("r.test/a/b:1"), scope, keychain);
        checks.complete(findings, scope, keychain, Deadline.in(Duration.ofMinutes(1)));
        return findings.values().iterator().next();
    }

    @Test
    void aSecretThatChangedIsReadAgainOnce() {
        assertThat(look("old", "new").failure()).isNull();
        assertThat(shown).containsExactly("old", "new");
    }

    @Test
    void aSecretThatDidNotChangeIsNotTriedTwice() {
        Finding finding = look("old", "old");

        assertThat(finding.failure()).isNotNull();
        assertThat(shown).containsExactly("old");
    }
}
