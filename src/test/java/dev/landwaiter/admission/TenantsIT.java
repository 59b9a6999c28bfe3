package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.BackgroundAsks;
import dev.landwaiter.fetch.MemorySettings;
import dev.landwaiter.fetch.RegistryArtifactFetcher;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.fetch.RememberingFetcher;
import dev.landwaiter.fetch.TierListener;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
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
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.registry.RegistryClient;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestImages;
import dev.landwaiter.testregistry.TestRegistry;
import dev.landwaiter.transport.NameResolver;
import dev.landwaiter.verify.PolicyVerifier;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whole decisions over a real registry under a policy of {@code onUnavailable: admit}, while one tenant takes all the room it can get: its own
 * image is not admitted for that, and another tenant's is looked up and verified meanwhile.
 */
@Timeout(60)
class TenantsIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final SigningKey RELEASE = SigningKey.p256();

    private final SlowNames names = new SlowNames();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private TestRegistry registry;
    private RegistryClient client;
    private Admission admission;

    @BeforeEach
    void open() {
        registry = TestRegistry.builder().names("registry.test").start();
        client = RegistryClient.to(registry)
                .authority("registry.test", registry)
                .resolver(names)
                .build();
        admission = admission();
    }

    @AfterEach
    void close() throws InterruptedException {
        names.wake();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        client.close();
        registry.close();
    }

    @Test
    @DisplayName(
            "Attack 55: names that nobody answers for neither admit the image beside them nor hold up another tenant's look-ups")
    @Tag("attack-55")
    void slowNamesAdmitNothingAndHoldUpNobody() throws Exception {
        String evil = image("evil/tool");
        String shop = signed("shop/api");
        List<String> images = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            images.add("slow-%d.evil.test/x:1".formatted(i));
        }
        images.add(evil);

        Future<JsonNode> attack = ask("evil", Duration.ofSeconds(4), images);
        until(() -> names.hanging() == 8);
        JsonNode others = ask("shop", Duration.ofSeconds(20), List.of(shop)).get();

        assertThat(others.path("allowed").asBoolean()).as(others.toString()).isTrue();
        assertThat(names.hanging()).isEqualTo(8);
        assertThat(attack).isNotDone();
        JsonNode refused = attack.get();
        assertThat(refused.path("allowed").asBoolean()).isFalse();
        Map<String, String> reasons = new HashMap<>();
        refused.at("/status/details/causes")
                .forEach(cause -> reasons.put(
                        cause.path("field").asText(), cause.path("reason").asText()));
        assertThat(reasons)
                .as(refused.toString())
                .containsEntry("spec.containers[30].image", "OVERLOADED")
                .doesNotContainValue("SIGNATURE_MISSING");
    }

    @Test
    @DisplayName("Attack 60: one tenant's thousands of requests leave room for another's at the same registry")
    @Tag("attack-60")
    void thousandsOfRequestsHoldUpNobody() throws Exception {
        String shop = signed("shop/api");
        List<String> images = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            images.add(indexOfManyEntries("evil/index-" + i));
        }
        registry.latency(Duration.ofMillis(50));
        List<Future<JsonNode>> attack = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            attack.add(ask("evil", Duration.ofSeconds(20), images.subList(6 * i, 6 * i + 6)));
        }
        until(() -> of("/v2/evil/").size() > 40);
        int before = of("/v2/evil/").size();

        JsonNode others = ask("shop", Duration.ofSeconds(20), List.of(shop)).get();
        int meanwhile = of("/v2/evil/").size() - before;

        assertThat(others.path("allowed").asBoolean()).as(others.toString()).isTrue();
        // a share of 16 at once, for as long as the other's few round trips take
        assertThat(meanwhile).isLessThan(16 * 12);
        for (Future<JsonNode> one : attack) {
            assertThat(one.get().path("allowed").asBoolean()).isFalse();
        }
    }

    @Test
    @DisplayName("Attack 54: a rate limit that a tenant has used up admits nothing under onUnavailable: admit")
    @Tag("attack-54")
    void aRateLimitThatIsUsedUpAdmitsNothing() throws Exception {
        String evil = image("evil/tool");
        registry.on(
                "/v2/evil/tool/manifests/1",
                request -> request.response().setStatusCode(429).end());

        JsonNode refused = ask("evil", Duration.ofSeconds(20), List.of(evil)).get();

        assertThat(refused.path("allowed").asBoolean()).isFalse();
        assertThat(refused.at("/status/reason").asText()).isEqualTo("REGISTRY_RATE_LIMITED");
    }

    private List<LoggedRequest> of(String path) {
        return registry.log().all().stream()
                .filter(request -> request.path().startsWith(path))
                .toList();
    }

    /** An image's text at a name that nobody has looked up yet. */
    private String image(String repository) {
        Pushed _ = registry.images().image(repository).tag("1").push();
        return "registry.test:" + registry.port() + "/" + repository + ":1";
    }

    private String signed(String repository) {
        Pushed image = registry.images().image(repository).tag("1").push();
        registry.signer().signSimple(image, RELEASE);
        return "registry.test:" + registry.port() + "/" + repository + ":1";
    }

    private String indexOfManyEntries(String repository) {
        TestImages.IndexBuilder index = registry.images().index(repository).tag("1");
        for (int i = 0; i < 200; i++) {
            Digest missing = Digest.sha256((repository + i).getBytes(StandardCharsets.UTF_8));
            index.entry(new Pushed("", repository, "", missing, MediaType.OCI_MANIFEST, 500));
        }
        Pushed _ = index.push();
        return "registry.test:" + registry.port() + "/" + repository + ":1";
    }

    private Future<JsonNode> ask(String namespace, Duration time, List<String> images) {
        return threads.submit(
                () -> MAPPER.readTree(admission.review(review(namespace, images), Endpoint.MUTATE, Deadline.in(time)))
                        .path("response"));
    }

    private static byte[] review(String namespace, List<String> images) throws Exception {
        ObjectNode review =
                MAPPER.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request")
                .put("uid", "u")
                .put("operation", "CREATE")
                .put("namespace", namespace);
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        ObjectNode pod = request.putObject("object").put("kind", "Pod").put("apiVersion", "v1");
        pod.putObject("metadata").put("name", "p");
        ArrayNode containers = pod.putObject("spec").putArray("containers");
        for (int i = 0; i < images.size(); i++) {
            containers.addObject().put("name", "c" + i).put("image", images.get(i));
        }
        return MAPPER.writeValueAsBytes(review);
    }

    private Admission admission() {
        Limits limits = Limits.defaults();
        ImagePolicy policy = new ImagePolicy(
                "signed",
                "",
                List.of(new ImageGlob("**")),
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.ADMIT,
                List.of(new Authority.Key(
                        "release", VerificationKey.parseAll(RELEASE.publicPem(), "the key"), Terms.PLAIN)),
                1,
                null,
                "content");
        AdmissionRules rules = new AdmissionRules(
                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64);
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> new PolicySet(List.of(policy)),
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        new RememberingFetcher(
                                new RegistryFetcher(client.registry(), limits),
                                client.registry(),
                                new MemorySettings(
                                        100 << 20, Duration.ofMinutes(1), Duration.ofSeconds(10), Duration.ZERO),
                                System::nanoTime,
                                TierListener.NONE,
                                BackgroundAsks.onVirtualThreads(limits)),
                        new PolicyVerifier(
                                new RegistryArtifactFetcher(client.registry()),
                                _ -> Keychain.ANONYMOUS,
                                new BundleVerifier(),
                                limits,
                                Ticker.systemTicker()),
                        rules,
                        limits,
                        InstantSource.system()),
                limits,
                List.of(),
                System::nanoTime);
    }

    private static void until(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - giveUp).as("still waiting").isNegative();
            Thread.onSpinWait();
        }
    }

    /** Everything is on loopback, but for names that nobody answers for until they are woken, as in native code. */
    private static final class SlowNames implements NameResolver {
        private final CountDownLatch woken = new CountDownLatch(1);
        private final AtomicInteger hanging = new AtomicInteger();

        int hanging() {
            return hanging.get();
        }

        void wake() {
            woken.countDown();
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            if (!host.startsWith("slow-")) {
                return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
            }
            hanging.incrementAndGet();
            while (woken.getCount() > 0) {
                try {
                    woken.await();
                } catch (InterruptedException e) {
                    // native code goes on
                }
            }
            hanging.decrementAndGet();
            throw new UnknownHostException(host + ": Temporary failure in name resolution");
        }
    }
}
