package dev.landwaiter.sigstore;

import dev.landwaiter.limit.Limits;
import java.security.PublicKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a signature's verification costs warm, from its bytes to the proof; the recorded ones, whose keys are all P-256 or Ed25519. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class SigstoreBenchmark {
    private final BundleVerifier verifier = new BundleVerifier();
    private final byte[] rekor1 = Recorded.file("legacy-sid.4d6a56b6.bundle.json");
    private final byte[] rekor2 = Recorded.file("keyless.bcbeca3d.bundle.json");
    private final byte[] byKey = Recorded.file("busybox.55f9036e.bundle.json");
    private final byte[] payload = Recorded.file("legacy-trixie.payload.json");
    private final Map<String, String> annotations = Recorded.annotations("legacy-trixie");
    private final PublicKey key = Recorded.key("cosign-key.pub");

    @Benchmark
    public Proof keylessRekor1() {
        return verifier.byCertificate(Bundle.parse(rekor1, Limits.defaults(), "it"), Recorded.LOGGED);
    }

    @Benchmark
    public Proof keylessRekor2AndTimestamp() {
        return verifier.byCertificate(Bundle.parse(rekor2, Limits.defaults(), "it"), Recorded.LOGGED);
    }

    @Benchmark
    public Proof keylessOldForm() {
        return verifier.byCertificate(
                Bundle.ofAnnotations(payload, annotations, Limits.defaults(), "it"), Recorded.LOGGED);
    }

    @Benchmark
    public Optional<Proof> envelopeByKey() {
        return verifier.byKey(Bundle.parse(byKey, Limits.defaults(), "it"), key, Demands.NONE);
    }
}
