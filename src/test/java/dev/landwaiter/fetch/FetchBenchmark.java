package dev.landwaiter.fetch;

import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to answer what an image is where that is known: by its tag, and by its digest. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FetchBenchmark {
    private static final ImageReference TAG = ImageReference.parse("ghcr.io/acme/api:1");
    private static final Keychain.Found ANN =
            new Keychain.Found(new Credential.Basic("ann", "pw", "secret \"shop/pull\""), List.of());

    private @Nullable ImageFetcher fetcher;
    private @Nullable ImageReference digest;

    @Setup
    public void prepare() {
        FakeRegistry registry = new FakeRegistry();
        digest = TAG.at(registry.put("ghcr.io/acme/api", "1", Documents.manifest("a")));
        fetcher = new RememberingFetcher(
                new RegistryFetcher(registry, Limits.defaults()),
                registry,
                new MemorySettings(100 << 20, Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofHours(1)),
                System::nanoTime,
                TierListener.NONE,
                BackgroundAsks.onVirtualThreads(Limits.defaults()));
        Image _ = fetcher.resolve(TAG, ANN, Deadline.in(Duration.ofSeconds(10)));
    }

    @Benchmark
    public Image byTag() {
        return Objects.requireNonNull(fetcher).resolve(TAG, ANN, Deadline.passed());
    }

    @Benchmark
    public Image byDigest() {
        return Objects.requireNonNull(fetcher).resolve(Objects.requireNonNull(digest), ANN, Deadline.passed());
    }
}
