package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import dev.landwaiter.verify.PolicyVerifier;
import dev.landwaiter.verify.RememberingVerifier;
import dev.landwaiter.verify.SourceKeychains;
import dev.landwaiter.verify.VerdictSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole decisions, as the webhook makes them, while a registry dies and comes back. Times are those of the settings, a tenth of the
 * defaults.
 */
@Timeout(120)
class RegistryOutageIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final Duration TAG_TTL = Duration.ofSeconds(1);
    private static final Duration OUTAGE = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofMillis(10);
    private static final int TAGS = 20;

    private final List<DecisionEvent> events = new ArrayList<>();
    private TestRegistry registry;
    private RegistryClient client;
    private Admission admission;

    @BeforeEach
    void open() {
        registry = TestRegistry.start();
        client = RegistryClient.of(registry);
        admission = admission();
    }

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Always", "IfNotPresent"})
    void aDeploymentScalesUpWhileItsRegistryIsDown(String pullPolicy) throws Exception {
        Pushed image = signed("shop/api", "1");
        String tag = image.reference().text();
        assertThat(allowed(ask(tag, pullPolicy))).isTrue();
        registry.close();
        sleep(TAG_TTL);

        for (int replica = 0; replica < 10; replica++) {
            JsonNode response = ask(tag, pullPolicy);

            assertThat(allowed(response)).as(response.toString()).isTrue();
            assertThat(patched(response, tag, pullPolicy).path("image").asText())
                    .isEqualTo(tag + "@" + image.digest());
            assertThat(patched(response, tag, pullPolicy)
                            .path("imagePullPolicy")
                            .asText())
                    .isEqualTo(pullPolicy);
            assertThat(response.path("warnings").toString())
                    .contains("spec.containers[0].image: REGISTRY_UNREACHABLE: taken for what its tag named last, "
                            + image.digest() + ", because its registry could not be asked: Could not fetch");
            assertThat(events.getLast().images().getFirst().unconfirmed()).isEqualTo("REGISTRY_UNREACHABLE");
            assertThat(events.getLast().images().getFirst().outcome()).isEqualTo("verified");
        }
        assertThat(admission.reviewIfKnown(review(tag, pullPolicy), Endpoint.MUTATE))
                .as("answered where it was asked, without waiting")
                .isPresent();

        registry = back(image, "1");
        sleep(TAG_TTL.multipliedBy(2));
        assertThat(allowed(ask(tag, pullPolicy))).isTrue();
        sleep(TAG_TTL);
        assertThat(ask(tag, pullPolicy).has("warnings")).isFalse();
    }

    @Test
    void aRegistryThatKeepsSilentIsWaitedForOnceAndNotForAllTheTime() throws Exception {
        Pushed image = signed("shop/api", "1");
        String tag = image.reference().text();
        assertThat(allowed(ask(tag, ""))).isTrue();
        registry.on("/v2/shop/api/manifests/1", _ -> {});
        sleep(TAG_TTL);

        long asked = System.nanoTime();
        JsonNode response = ask(tag, "");

        assertThat(allowed(response)).as(response.toString()).isTrue();
        assertThat(response.path("warnings").toString())
                .contains("REGISTRY_TIMEOUT: taken for what its tag named last");
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(4));
        for (int i = 0; i < 50; i++) {
            assertThat(admission.reviewIfKnown(review(tag, ""), Endpoint.MUTATE))
                    .as("admission %d, without waiting", i)
                    .isPresent();
            sleep(BETWEEN.multipliedBy(5));
        }

        registry.off("/v2/shop/api/manifests/1");
        sleep(TAG_TTL);
        assertThat(allowed(ask(tag, ""))).isTrue();
        sleep(TAG_TTL);
        assertThat(ask(tag, "").has("warnings")).isFalse();
    }

    @Test
    void whatWasNeverLookedUpIsRefusedAllTheSame() throws Exception {
        Pushed known = signed("shop/api", "1");
        Pushed other = signed("shop/other", "1");
        assertThat(allowed(ask(known.reference().text(), ""))).isTrue();
        registry.close();

        JsonNode response = ask(other.reference().text(), "");

        assertThat(allowed(response)).isFalse();
        assertThat(response.at("/status/reason").asText()).isEqualTo("REGISTRY_UNREACHABLE");
    }

    /** In proportion: killed for ten minutes under 100 admissions a second, and what e2e/outage/run does in earnest. */
    @Test
    void underLoadNoneIsRefusedAndATagThatMovedIsSeenWithinItsTimeOfTheReturn() throws Exception {
        List<Pushed> images = new ArrayList<>();
        for (int i = 0; i < TAGS; i++) {
            images.add(signed("shop/app" + i, "1"));
            assertThat(allowed(ask(images.get(i).reference().text(), ""))).isTrue();
        }
        String moving = images.getFirst().reference().text();
        ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            registry.close();
            List<Future<?>> all = new ArrayList<>();
            long end = System.nanoTime() + OUTAGE.toNanos();
            for (int i = 0; System.nanoTime() - end < 0; i++) {
                String tag = images.get(i % TAGS).reference().text();
                all.add(threads.submit(() -> {
                    JsonNode response = ask(tag, "");
                    if (!allowed(response)) {
                        refused.add(response.toString());
                    }
                    return null;
                }));
                sleep(BETWEEN);
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(all).hasSizeGreaterThan(100);
        }
        assertThat(refused).isEmpty();

        Pushed moved;
        int port = registry.port();
        registry = TestRegistry.builder()
                .port(port)
                .certificates(registry.certificates())
                .start();
        moved = signed("shop/app0", "1");
        long returned = System.nanoTime();
        String wanted = moving + "@" + moved.digest();
        while (!patched(ask(moving, ""), moving, "").path("image").asText().equals(wanted)) {
            assertThat(Duration.ofNanos(System.nanoTime() - returned)).isLessThan(TAG_TTL);
            sleep(BETWEEN);
        }
    }

    /** The registry again at the same address, with the tag as it was. */
    private TestRegistry back(Pushed image, String tag) {
        TestRegistry again = TestRegistry.builder()
                .port(registry.port())
                .certificates(registry.certificates())
                .start();
        registry = again;
        assertThat(signed("shop/api", tag).digest()).isNotEqualTo(image.digest());
        return again;
    }

    private Pushed signed(String repository, String tag) {
        Pushed image = registry.images().image(repository).tag(tag).push();
        registry.signer().signSimple(image, RELEASE);
        return image;
    }

    private static boolean allowed(JsonNode response) {
        return response.path("allowed").asBoolean();
    }

    /** The container after the patch that {@code response} brings. */
    private static JsonNode patched(JsonNode response, String tag, String pullPolicy) throws Exception {
        assertThat(allowed(response)).as(response.toString()).isTrue();
        byte[] patch = response.path("patch").binaryValue();
        ObjectNode container =
                (ObjectNode) MAPPER.readTree(review(tag, pullPolicy)).at("/request/object/spec/containers/0");
        for (JsonNode operation : MAPPER.readTree(new String(patch, StandardCharsets.UTF_8))) {
            String path = operation.path("path").asText();
            if (path.startsWith("/spec/containers/0/")) {
                container.set(path.substring("/spec/containers/0/".length()), operation.path("value"));
            }
        }
        return container;
    }

    private JsonNode ask(String image, String pullPolicy) throws Exception {
        byte[] review = review(image, pullPolicy);
        byte[] answer = admission
                .reviewIfKnown(review, Endpoint.MUTATE)
                .orElseGet(() -> admission.review(review, Endpoint.MUTATE, Deadline.in(Duration.ofSeconds(9))));
        return MAPPER.readTree(answer).path("response");
    }

    private static byte[] review(String image, String pullPolicy) throws Exception {
        ObjectNode review =
                MAPPER.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request")
                .put("uid", "u")
                .put("operation", "CREATE")
                .put("namespace", "shop");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        ObjectNode pod = request.putObject("object").put("kind", "Pod").put("apiVersion", "v1");
        pod.putObject("metadata").put("generateName", "api-7d9c-");
        ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
        container.put("name", "api").put("image", image);
        if (!pullPolicy.isEmpty()) {
            container.put("imagePullPolicy", pullPolicy);
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
                OnUnavailable.DENY,
                List.of(new Authority.Key(
                        "release", VerificationKey.parseAll(RELEASE.publicPem(), "the key"), Terms.PLAIN)),
                1,
                null,
                "content");
        PolicySet policies = new PolicySet(List.of(policy));
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> policies,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        new RememberingFetcher(
                                new RegistryFetcher(client.registry(), limits),
                                client.registry(),
                                new MemorySettings(100 << 20, TAG_TTL, TAG_TTL, Duration.ofMinutes(3)),
                                System::nanoTime,
                                TierListener.NONE,
                                BackgroundAsks.onVirtualThreads(limits)),
                        new RememberingVerifier(
                                new PolicyVerifier(
                                        new RegistryArtifactFetcher(client.registry()),
                                        SourceKeychains.NONE,
                                        new BundleVerifier(),
                                        limits,
                                        Ticker.systemTicker()),
                                SourceKeychains.NONE,
                                new VerdictSettings(1 << 20, Duration.ofHours(1), TAG_TTL),
                                Ticker.systemTicker()),
                        new AdmissionRules(
                                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64),
                        limits,
                        InstantSource.system()),
                limits,
                List.of(event -> {
                    synchronized (events) {
                        events.add(event);
                    }
                }),
                System::nanoTime);
    }

    /** What is tried here is a matter of time: for that, and not for another thread, is waited. */
    private static void sleep(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
