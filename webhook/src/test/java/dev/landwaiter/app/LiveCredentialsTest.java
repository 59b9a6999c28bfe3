package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveCredentialsTest {
    private static final ImageReference IMAGE = ImageReference.parse("r.test/acme/api:1");

    @TempDir
    private Path folder;

    private void write(String name, String content) throws IOException {
        Path _ = Files.writeString(folder.resolve(name), content);
    }

    private LiveCredentials open(String user) throws IOException {
        write("password", "one");
        write("credentials.yaml", entry(user));
        // looked at by hand
        return new LiveCredentials(folder.resolve("credentials.yaml"), Limits.defaults(), Duration.ofDays(1));
    }

    private static String entry(String user) {
        return "credentials: [{path: r.test/acme, namespaces: [shop], username: %s, passwordFile: password}]\n"
                .formatted(user);
    }

    private static Keychain.Found found(LiveCredentials credentials) {
        return credentials.current().of("shop").find(IMAGE, Deadline.in(Duration.ofMinutes(1)));
    }

    @Test
    void aNewFileIsInUse() throws IOException {
        try (LiveCredentials credentials = open("robot")) {
            write("credentials.yaml", entry("\"other-robot\""));
            Keychain.Found before = found(credentials);
            credentials.look();
            credentials.look();

            assertThat(found(credentials).credential()).isNotEqualTo(before.credential());
            assertThat(credentials.problem()).isEmpty();
        }
    }

    @Test
    void aNewPasswordInAFileThatItNamesIsInUse() throws IOException {
        try (LiveCredentials credentials = open("robot")) {
            Keychain.Found before = found(credentials);
            write("password", "two");
            credentials.look();
            credentials.look();

            assertThat(found(credentials).credential()).isNotEqualTo(before.credential());
        }
    }

    @Test
    void theLastGoodOnesStayInUse() throws IOException {
        try (LiveCredentials credentials = open("robot")) {
            Keychain.Found before = found(credentials);
            write("credentials.yaml", "credentials: [{path: r.test/acme}]\n");
            credentials.look();
            assertThat(credentials.problem()).as("it may be written just now").isEmpty();
            credentials.look();

            assertThat(credentials.problem())
                    .get()
                    .asString()
                    .startsWith("Could not use credentials file \"" + folder.resolve("credentials.yaml") + "\": ");
            assertThat(found(credentials).credential()).isEqualTo(before.credential());

            write("credentials.yaml", entry("robot"));
            credentials.look();
            assertThat(credentials.problem()).isEmpty();
        }
    }
}
