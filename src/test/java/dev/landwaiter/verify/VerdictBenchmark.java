package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Identity;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.TextMatch;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Duration;
import java.util.List;
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

/** What a verdict on a keyless signature costs: one that is remembered, and one that is found anew from a bundle that is at hand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class VerdictBenchmark {
    private final Keychain.Found credential = Fixtures.user("ann");
    private final Image image = Fixtures.image(Fixtures.BUSYBOX);
    private final ImagePolicy policy = policy();
    private final Verifier anew = anew();
    private final Verifier remembering =
            new RememberingVerifier(anew, SourceKeychains.NONE, VerdictSettings.defaults(), System::nanoTime);

    private static ImagePolicy policy() {
        TrustedRoot root = TrustedRoot.parse(Fixtures.file("trusted-root.json"), "the fixture");
        Demands demands = new Demands(Optional.of(root), Optional.of(root), Optional.of(root));
        Identity identity = new Identity(
                new TextMatch.Exact("http://127.0.0.1:9800"), new TextMatch.Exact("dev@example.test"), Map.of());
        return Fixtures.policy(
                new Authority.Keyless("ci", List.of(identity), new Terms(List.of(), demands, List.of())));
    }

    private static Verifier anew() {
        ClaimReader reader = new ClaimReader(Fixtures.BUSYBOX, Limits.defaults());
        byte[] bundle = Fixtures.file("keyless.bcbeca3d.bundle.json");
        SignatureFinder atHand = (place, subject, types, deadline) ->
                new Signatures(List.of(reader.bundle(bundle, "at hand")), List.of(), bundle.length);
        return new PolicyVerifier(
                atHand, new FakeArtifacts(), SourceKeychains.NONE, new BundleVerifier(), Limits.defaults());
    }

    @Benchmark
    public Verdict remembered() {
        return verified(remembering);
    }

    @Benchmark
    public Verdict keylessAnew() {
        return verified(anew);
    }

    private Verdict verified(Verifier verifier) {
        Verdict verdict = verifier.verify(image, policy, credential, Deadline.in(Duration.ofSeconds(10)));
        if (!(verdict instanceof Verdict.Verified)) {
            throw new IllegalStateException(verdict.toString());
        }
        return verdict;
    }
}
