package dev.landwaiter.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.TestTufRepository;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mirror, and a file of what was fetched from it, that may say anything. */
class TufFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final URI MIRROR = URI.create("https://mirror.test/tuf");
    private static final byte[] GOOD = new PrivateSigstore(() -> NOW).trustedRoot();
    private static final TestTufRepository REPOSITORY = new TestTufRepository(NOW, GOOD);

    private static final List<String> FILES =
            List.of("2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json");

    @Seeds({
        "{\"signatures\":[{\"keyid\":\"a\",\"sig\":\"00\"}],\"signed\":{\"_type\":\"timestamp\",\"expires\":\"2030-01-01T00:00:00Z\",\"meta\":{\"snapshot.json\":{\"version\":1,\"length\":9,\"hashes\":{\"sha256\":\"00\"}}},\"spec_version\":\"1.0\",\"version\":1}}",
        "{\"signatures\":[],\"signed\":{\"_type\":\"targets\",\"expires\":\"2030-01-01T00:00:00Z\",\"targets\":{\"trusted_root.json\":{\"length\":9,\"hashes\":{\"sha256\":\"00\"}}},\"spec_version\":\"1.0\",\"version\":1}}",
        "{\"signatures\":[],\"signed\":{\"_type\":\"root\",\"expires\":\"2030-01-01T00:00:00Z\",\"consistent_snapshot\":true,\"keys\":{},\"roles\":{\"root\":{\"keyids\":[],\"threshold\":0}},\"spec_version\":\"1.0\",\"version\":2}}"
    })
    @FuzzTest
    void whateverAMirrorSaysOnlyWhatWasSignedIsInForce(byte[] data) {
        String file = FILES.get(Math.floorMod(Arrays.hashCode(data), FILES.size()));
        Map<String, byte[]> files = new HashMap<>(REPOSITORY.files());
        files.put(file, data);
        RefreshedTrustRoot root = RefreshedTrustRoot.open(
                TufRepository.of(MIRROR, REPOSITORY.firstRoot(), "it"), Optional.empty(), () -> NOW, Limits.defaults());

        boolean _ = root.refresh(new FakeTransport(files), Deadline.in(Duration.ofSeconds(10)));

        assertThat(root.problem())
                .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo(Code.TUF_REFUSED));
        assertThat(root.get()).isEqualTo(TrustedRoot.nobody());
    }

    @Seeds({
        "{\"refreshed\":\"2026-11-21T00:00:00Z\",\"files\":{\"timestamp.json\":\"e30=\",\"targets/00.trusted_root.json\":\"\"}}"
    })
    @FuzzTest
    void whatWasKeptIsReadOrRefused(byte[] data) {
        Parsed.by(() -> new TufFolder(Path.of("cache"), Limits.defaults()).parse(data))
                .ifPresent(kept -> assertThat(kept.files().values()).doesNotContainNull());
    }
}
