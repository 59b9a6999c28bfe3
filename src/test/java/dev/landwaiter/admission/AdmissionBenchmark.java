package dev.landwaiter.admission;

import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.Terms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a warm decision costs, from the review's bytes to the answer's: a Pod of three containers, every image known and verified. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class AdmissionBenchmark {
    @Param({"1", "100"})
    int policies;

    private byte[] review = new byte[0];
    private @Nullable Admission admission;

    @Setup
    public void prepare() {
        List<ImagePolicy> all = new ArrayList<>();
        for (int i = 0; i < policies; i++) {
            all.add(policy("p" + i, i == 0 ? "r.test/**" : "r%d.test/**".formatted(i)));
        }
        PolicySet set = new PolicySet(all);
        FakeWorld world = new FakeWorld();
        AdmissionPipeline pipeline = new AdmissionPipeline(
                () -> set,
                (_, _) -> Optional.of(Map.of()),
                (_, _, _) -> Keychain.ANONYMOUS,
                world,
                world,
                new AdmissionRules(
                        AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64),
                Limits.defaults(),
                InstantSource.system());
        admission = new AdmissionService(pipeline, Limits.defaults(), List.of(), System::nanoTime);
        review = review();
        byte[] _ = admission.review(review, Endpoint.MUTATE, Deadline.in(Duration.ofSeconds(10)));
    }

    private static ImagePolicy policy(String name, String glob) {
        return new ImagePolicy(
                name,
                "",
                List.of(new ImageGlob(glob)),
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.Key("release", List.of(), Terms.PLAIN)),
                1,
                null,
                name);
    }

    /** About five kilobytes, as a controller's Pod has them. */
    private static byte[] review() {
        StringBuilder containers = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            StringBuilder env = new StringBuilder();
            for (int j = 0; j < 20; j++) {
                env.append(j == 0 ? "" : ",")
                        .append("{\"name\":\"SETTING_%d\",\"value\":\"value-of-setting-%d\"}".formatted(j, j));
            }
            containers
                    .append(i == 0 ? "" : ",")
                    .append(
                            "{\"name\":\"c%d\",\"image\":\"r.test/shop%d/signed:1\",\"env\":[%s],\"resources\":{\"limits\":{\"cpu\":\"1\"}}}"
                                    .formatted(i, i, env));
        }
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","namespace":"shop",
                 "kind":{"group":"","version":"v1","kind":"Pod"},"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},
                 "spec":{"containers":[%s]}}}}
                """.formatted(containers).getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public byte[] mutate() {
        return Objects.requireNonNull(admission).review(review, Endpoint.MUTATE, Deadline.in(Duration.ofSeconds(10)));
    }
}
