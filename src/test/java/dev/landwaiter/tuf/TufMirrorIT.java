package dev.landwaiter.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.TestRegistry;
import dev.landwaiter.testregistry.TestTufRepository;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A mirror over TLS: what the transport's rules make of one that does what it should not. */
class TufMirrorIT {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final byte[] FIRST = new PrivateSigstore(() -> NOW).trustedRoot();

    private final TestRegistry server = TestRegistry.start();
    private final TestTufRepository repository = new TestTufRepository(NOW, FIRST);
    private final RefreshedTrustRoot root = RefreshedTrustRoot.open(
            TufRepository.of(URI.create(server.uri() + "/tuf/"), repository.firstRoot(), "--tuf-root"),
            Optional.empty(),
            () -> NOW,
            Limits.defaults());
    private RegistryClient client = RegistryClient.of(server);

    @BeforeEach
    void serve() {
        repository.serve(server, "tuf");
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private void refresh() {
        boolean _ = root.refresh(client.transport(), Deadline.in(Duration.ofSeconds(10)));
    }

    private void assertNothingChanged(Code code, String why) {
        assertThat(root.problem().orElseThrow().message())
                .isEqualTo("Could not refresh the trust root from " + server.uri() + "/tuf: " + why
                        + " The last good one stays in force: none, so no signer is believed.");
        assertThat(root.problem().orElseThrow().code()).isEqualTo(code);
        assertThat(root.get()).isEqualTo(TrustedRoot.nobody());
    }

    @Test
    void aTrustRootIsFetched() {
        refresh();

        assertThat(root.problem()).isEmpty();
        assertThat(root.get()).isEqualTo(TrustedRoot.parse(FIRST, "it"));
        assertThat(server.log().all())
                .allSatisfy(request -> assertThat(request.authorization()).isEmpty());
    }

    @Test
    void metadataWithoutEndIsCutOff() {
        server.on("/tuf/timestamp.json", request -> {
            request.response().setChunked(true);
            Buffer kilobytes = Buffer.buffer(" ".repeat(64 << 10));
            for (int i = 0; i < 32; i++) {
                request.response().write(kilobytes).onFailure(_ -> {});
            }
        });

        refresh();

        assertNothingChanged(
                Code.TUF_REFUSED, "\"timestamp.json\" has more than 101376 bytes. Ask the operator of the mirror.");
    }

    @Test
    void aTargetThatIsLargerThanPromisedIsCutOff() {
        String target = repository.files().keySet().stream()
                .filter(name -> name.startsWith("targets/"))
                .findFirst()
                .orElseThrow();
        server.on(
                "/tuf/" + target,
                request -> request.response()
                        .end(Buffer.buffer(FIRST).appendString(" "))
                        .onFailure(_ -> {}));

        refresh();

        assertNothingChanged(
                Code.TUF_REFUSED,
                "\"%s\" has more than %d bytes. Ask the operator of the mirror.".formatted(target, FIRST.length));
    }

    @Test
    void aMirrorThatNeverAnswersIsLeftAtTheDeadline() {
        server.on("/tuf/1.snapshot.json", _ -> {});

        boolean _ = root.refresh(client.transport(), Deadline.in(Duration.ofMillis(1500)));

        assertNothingChanged(
                Code.TUF_UNAVAILABLE,
                "the time for it ran out while \"1.snapshot.json\" was fetched. The next attempt may fare better.");
        server.off("/tuf/1.snapshot.json");
        repository.serve(server, "tuf");
        refresh();
        assertThat(root.problem()).isEmpty();
    }

    @Test
    void aRedirectIsNotFollowed() {
        server.on(
                "/tuf/timestamp.json",
                request -> request.response()
                        .setStatusCode(302)
                        .putHeader("Location", "http://169.254.169.254/timestamp.json")
                        .end()
                        .onFailure(_ -> {}));

        refresh();

        assertNothingChanged(
                Code.TUF_REFUSED,
                "asked for \"timestamp.json\", it answered 302. Check the mirror's address, and whether it is up.");
    }

    @Test
    void anAddressThatIsNotAllowedIsNotSpokenTo() {
        client.close();
        client = RegistryClient.to(server).allowNothingInner().build();

        refresh();

        assertThat(root.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(Code.TUF_REFUSED);
            assertThat(problem.message()).contains("is a loopback address");
        });
        assertThat(server.log().all()).isEmpty();
    }

    @Test
    void aMirrorThatIsGoneIsUnavailable() {
        server.close();

        refresh();

        assertThat(root.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(Code.TUF_UNAVAILABLE);
            assertThat(problem.message())
                    .isEqualTo(
                            "Could not refresh the trust root from %s/tuf: Could not fetch \"2.root.json\" from %s: the connection was refused. Check that it is up and reachable from here. The last good one stays in force: none, so no signer is believed."
                                    .formatted(server.uri(), server.host()));
        });
    }
}
