package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class DockerConfigKeychainTest {
    private static final ImageReference API = ImageReference.parse("ghcr.io/acme/api:1");

    @TempDir
    Path folder;

    private final AtomicLong now = new AtomicLong();

    @Test
    void looksInTheUsersFolder() throws IOException {
        Path file = write(".docker/config.json", auths("ghcr.io", "ann"));
        assertThat(find(Map.of())).isEqualTo(found("ann", file));
    }

    @Test
    void dockerConfigNamesAnotherFolder() throws IOException {
        write(".docker/config.json", auths("ghcr.io", "ann"));
        Path file = write("elsewhere/config.json", auths("ghcr.io", "bob"));
        assertThat(find(Map.of("DOCKER_CONFIG", folder.resolve("elsewhere").toString())))
                .isEqualTo(found("bob", file));
    }

    @Test
    void podmansFileComesNext() throws IOException {
        Path docker = write(".docker/config.json", auths("quay.io", "ann"));
        Path podman = write("run/containers/auth.json", auths("ghcr.io/acme", "bob"));
        Keychain.Found found =
                find(Map.of("XDG_RUNTIME_DIR", folder.resolve("run").toString()));
        assertThat(found.credential()).isEqualTo(found("bob", podman).credential());
        assertThat(found.notes())
                .containsExactly("docker configuration \"" + docker + "\" has no entry for ghcr.io/acme/api");
    }

    @Test
    void saysWhereItLookedInVain() {
        assertThat(find(Map.of("XDG_RUNTIME_DIR", "/nowhere")))
                .isEqualTo(Keychain.Found.anonymous(List.of("there is no docker configuration ("
                        + folder.resolve(".docker/config.json") + ", /nowhere/containers/auth.json)")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aRegistrysHelperIsAskedBeforeTheEntriesAndTheStoreAfterThem() throws IOException {
        Path file = write(".docker/config.json", """
                {"auths":{"ghcr.io":{"username":"ann","password":"pw"},"quay.io":{"username":"bob","password":"pw"}},
                 "credHelpers":{"ghcr.io":"one"},"credsStore":"two"}""");
        helper("one", "read server; echo \"{\\\"Username\\\":\\\"one\\\",\\\"Secret\\\":\\\"for $server\\\"}\"");
        helper("two", "read server; echo \"{\\\"Username\\\":\\\"<token>\\\",\\\"Secret\\\":\\\"for $server\\\"}\"");
        Keychain keychain = keychain(Map.of("PATH", folder + ":/usr/bin:/bin"));
        assertThat(keychain.find(API, soon()).credential())
                .isEqualTo(new Credential.Basic("one", "for ghcr.io", helperOf("one", file)));
        assertThat(keychain.find(ImageReference.parse("quay.io/x"), soon()).credential())
                .isEqualTo(found("bob", file).credential());
        assertThat(keychain.find(ImageReference.parse("nginx"), soon()).credential())
                .isEqualTo(new Credential.RefreshToken("for https://index.docker.io/v1/", helperOf("two", file)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aHelperThatHasNothingIsNotedWithoutAWordOfItsOutput() throws IOException {
        Path file = write(".docker/config.json", "{\"credHelpers\":{\"ghcr.io\":\"one\"}}");
        Map<String, String> path = Map.of("PATH", folder + ":/usr/bin:/bin");
        String note = "credential helper \"one\" of docker configuration \"" + file + "\" has nothing for ghcr.io: ";
        assertThat(find(path).notes()).containsExactly(note + "it is not on the PATH");
        helper("one", "echo hunter2; exit 1");
        assertThat(find(path).notes()).containsExactly(note + "it ended with exit code 1");
        helper("one", "echo hunter2");
        assertThat(find(path).notes()).containsExactly(note + "its answer is not well-formed JSON");
        helper("one", "echo '{\"Username\":\"hunter2\"}'");
        assertThat(find(path).notes()).containsExactly(note + "its answer has no Secret");
        helper("one", "yes '{\"Username\":\"hunter2\"}'");
        assertThat(find(path).notes()).containsExactly(note + "its answer has more than 65536 bytes");
        write(".docker/config.json", "{\"credHelpers\":{\"ghcr.io\":\"../../bin/sh\"}}");
        assertThat(find(path).notes().getFirst()).endsWith("its name is not one of a program");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aHelperThatHangsIsEndedAtTheDeadline() throws IOException, InterruptedException {
        write(".docker/config.json", "{\"credsStore\":\"slow\"}");
        Path pid = folder.resolve("pid");
        helper("slow", "echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; sleep 600");
        Keychain keychain = keychain(Map.of("PATH", folder + ":/usr/bin:/bin"));
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> keychain.find(API, Deadline.in(Duration.ofSeconds(2))))
                .withMessageStartingWith(
                        "Could not finish running docker-credential-slow: the time for this request ran out.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(5)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aHelperSeesNothingOfOurEnvironmentThatItWasNotGiven() throws IOException {
        write(".docker/config.json", "{\"credsStore\":\"env\"}");
        helper("env", "echo \"{\\\"Username\\\":\\\"u\\\",\\\"Secret\\\":\\\"[$HOME]\\\"}\"");
        assertThat(find(Map.of("PATH", folder + ":/usr/bin:/bin")).credential())
                .isInstanceOfSatisfying(
                        Credential.Basic.class,
                        basic -> assertThat(basic.password()).isEqualTo("[]"));
    }

    @Test
    void whatWasFoundIsRememberedForAMinuteAndReadAgainOnRefresh() throws IOException {
        Path file = write(".docker/config.json", auths("ghcr.io", "ann"));
        Keychain keychain = keychain(Map.of());
        assertThat(keychain.find(API, soon())).isEqualTo(found("ann", file));
        write(".docker/config.json", auths("ghcr.io", "bob"));
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(keychain.find(API, soon())).isEqualTo(found("ann", file));
        assertThat(keychain.refresh(API, soon())).isEqualTo(found("bob", file));
        write(".docker/config.json", auths("ghcr.io", "cyd"));
        now.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(keychain.find(API, soon())).isEqualTo(found("cyd", file));
    }

    private Keychain keychain(Map<String, String> environment) {
        return new DockerConfigKeychain(environment, folder, Limits.defaults(), now::get);
    }

    private Keychain.Found find(Map<String, String> environment) {
        return keychain(environment).find(API, soon());
    }

    private static Keychain.Found found(String user, Path file) {
        return new Keychain.Found(new Credential.Basic(user, "pw", "docker configuration \"" + file + "\""), List.of());
    }

    private static String helperOf(String name, Path file) {
        return "credential helper \"" + name + "\" of docker configuration \"" + file + "\"";
    }

    private static String auths(String registry, String user) {
        return "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"pw\"}}}".formatted(registry, user);
    }

    private void helper(String name, String script) throws IOException {
        Path file = folder.resolve("docker-credential-" + name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @CanIgnoreReturnValue
    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return file;
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(15));
    }
}
