package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.catalog.Records;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.testregistry.Patched;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The attacks of the catalogue whose target is the decision itself. */
class AdmissionAttacksTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));

    private final FakeWorld world = new FakeWorld();
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final InstantSource clock = () -> now;

    private static ImagePolicy policy(LabelSelector namespaces) {
        return new ImagePolicy(
                "signed",
                "",
                List.of(new ImageGlob("r.test/**")),
                namespaces,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.Key("release", List.of(), Terms.PLAIN)),
                1,
                null,
                "content");
    }

    private Admission admission(Namespaces namespaces, ImagePolicy... policies) {
        return admission(namespaces, new PolicySet(List.of(policies)));
    }

    private Admission admission(Namespaces namespaces, PolicySet set) {
        AdmissionRules rules = new AdmissionRules(
                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64);
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> set,
                        namespaces,
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        rules,
                        Limits.defaults(),
                        clock),
                Limits.defaults(),
                List.of(),
                System::nanoTime);
    }

    private Admission enforcing() {
        return admission((_, _) -> Optional.of(Map.of()), policy(LabelSelector.ALL));
    }

    private static byte[] review(String spec, String more) {
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","namespace":"shop",
                 "kind":{"group":"","version":"v1","kind":"Pod"},%s"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":%s}}}
                """.formatted(more, spec).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode response(byte[] answer) throws Exception {
        return MAPPER.readTree(answer).path("response");
    }

    private JsonNode validated(String spec) throws Exception {
        return response(enforcing().review(review(spec, ""), Endpoint.VALIDATE, MINUTE));
    }

    /** It stands in paths, in messages, and as the key of a share. */
    @ParameterizedTest
    @Tag("attack-44")
    @DisplayName("Attack 44: what could not be the name of a namespace is none")
    @ValueSource(strings = {"../kube-system", "shop/../other", "Shop", "shop ", "-"})
    void aNamespaceIsNamedAsKubernetesNamesThem(String namespace) {
        byte[] review = new String(review("{}", ""), StandardCharsets.UTF_8)
                .replace("\"shop\"", "\"" + namespace + "\"")
                .getBytes(StandardCharsets.UTF_8);

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> enforcing().review(review, Endpoint.MUTATE, MINUTE))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.REVIEW_MALFORMED));
    }

    @Test
    @Tag("attack-56")
    @DisplayName("Attack 56: an event loop does not match what takes long; whoever waits is answered as always")
    void globsThatTakeLongAreNotMatchedOnAnEventLoop() throws Exception {
        List<ImageGlob> globs = IntStream.range(0, 64)
                .mapToObj(i -> new ImageGlob("**a*" + "a".repeat(430 + i % 60) + "*a*a*a"))
                .toList();
        ImagePolicy hostile = new ImagePolicy(
                "x",
                "shop",
                globs,
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticFail("fail", "")),
                1,
                null,
                "content");
        Admission admission =
                admission((_, _) -> Optional.of(Map.of()), new PolicySet(List.of(policy(LabelSelector.ALL), hostile)));
        byte[] pod = review(
                "{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/%s/signed\"}]}".formatted("a".repeat(240)), "");

        assertThat(admission.reviewIfKnown(pod, Endpoint.MUTATE)).isEmpty();
        JsonNode answer = response(admission.review(pod, Endpoint.MUTATE, MINUTE));
        assertThat(answer.path("allowed").asBoolean()).isTrue();
        assertThat(admission.reviewIfKnown(pod, Endpoint.MUTATE))
                .as("what is known by now")
                .isPresent();
    }

    /** A Pod's labels are the same for all its images: what its namespace's selectors say of them is told once. */
    @Test
    @Tag("attack-56")
    @DisplayName("Attack 56: selectors over a Pod's labels are not asked again for each image")
    @Timeout(10)
    void selectorsAreAskedOnce() throws Exception {
        List<LabelSelector.Expression> expressions = IntStream.range(0, 32)
                .mapToObj(i -> new LabelSelector.Expression("k" + i, LabelSelector.Operator.NOT_IN, Set.of("v")))
                .toList();
        AtomicInteger asked = new AtomicInteger();
        Map<String, String> counting = new AbstractMap<>() {
            @Override
            public Set<Entry<String, String>> entrySet() {
                return Set.of();
            }

            @Override
            public String get(Object key) {
                asked.incrementAndGet();
                return "w";
            }
        };
        ImagePolicy selecting = new ImagePolicy(
                "x",
                "",
                List.of(new ImageGlob("**")),
                new LabelSelector(Map.of(), expressions),
                List.of(new LabelSelector(Map.of(), expressions)),
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticPass("pass")),
                1,
                null,
                "content");
        String containers = IntStream.range(0, 256)
                .mapToObj(i -> "{\"name\":\"c%d\",\"image\":\"r.test/%d/signed\"}".formatted(i, i))
                .collect(Collectors.joining(",", "{\"containers\":[", "]}"));

        byte[] answer = admission((_, _) -> Optional.of(counting), new PolicySet(List.of(selecting)))
                .review(review(containers, ""), Endpoint.MUTATE, MINUTE);

        assertThat(response(answer).path("allowed").asBoolean()).isTrue();
        assertThat(asked.get()).isEqualTo(32);
    }

    @Test
    @Tag("attack-10")
    @DisplayName("Attack 10: a decision does not outlive its deadline")
    void theDeadlineHolds() throws Exception {
        JsonNode response = response(enforcing()
                .review(
                        review("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed\"}]}", ""),
                        Endpoint.MUTATE,
                        Deadline.passed()));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status").path("code").asInt()).isEqualTo(503);
        // nobody was asked, so nobody is to blame but us: it must not be 'could not check', which a policy may admit
        assertThat(response.path("status").path("reason").asText()).isEqualTo("OVERLOADED");
        assertThat(world.remembered()).isEmpty();
    }

    @Test
    @Tag("attack-14")
    @DisplayName("Attack 14: what was verified by tag may not run by tag")
    void aTagIsNotEnough() throws Exception {
        JsonNode response = validated("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed:1\"}]}");

        assertThat(response.path("status").path("reason").asText()).isEqualTo("IMAGE_NOT_PINNED");
        assertThat(response.path("status").path("message").asText())
                .endsWith("Write r.test/a/signed:1@%s instead."
                        .formatted(FakeWorld.digestOf(ImageReference.parse("r.test/a/signed:1"))));
    }

    @ParameterizedTest
    @Tag("attack-23")
    @Tag("attack-24")
    @Tag("attack-25")
    @DisplayName(
            "Attack 23, 24, 25: init containers, ephemeral containers and image volumes are checked like any other")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    spec.initContainers[0].image      | {"initContainers":[{"name":"x","image":"r.test/a/unsigned"}]}
                    spec.ephemeralContainers[0].image | {"ephemeralContainers":[{"name":"x","image":"r.test/a/unsigned"}]}
                    spec.volumes[0].image.reference   | {"volumes":[{"name":"x","image":{"reference":"r.test/a/unsigned"}}]}
                    """)
    void everySlotCounts(String path, String spec) throws Exception {
        JsonNode response = validated(spec);

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/details/causes/0/field").asText()).isEqualTo(path);
        assertThat(response.at("/status/details/causes/0/reason").asText()).isEqualTo("SIGNATURE_MISSING");
    }

    @Test
    @Tag("attack-27")
    @DisplayName("Attack 27: an owner reference excuses nothing")
    void anOwnerReferenceExcusesNothing() throws Exception {
        byte[] owned = new String(
                        review("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/unsigned\"}]}", ""),
                        StandardCharsets.UTF_8)
                .replace(
                        "\"name\":\"p\"",
                        "\"name\":\"p\",\"ownerReferences\":[{\"kind\":\"ReplicaSet\",\"name\":\"x\",\"controller\":true}]")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(response(enforcing().review(owned, Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isFalse();
    }

    @Test
    @Tag("attack-30")
    @DisplayName("Attack 30: an update that changes an image beside something harmless is checked")
    void anUpdateWithANewImageIsChecked() throws Exception {
        byte[] update = new String(
                        review(
                                "{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/unsigned\"}]}",
                                "\"oldObject\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed\"}]}},"),
                        StandardCharsets.UTF_8)
                .replace("CREATE", "UPDATE")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(response(enforcing().review(update, Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isFalse();
    }

    /** A webhook that was passed over in the first round is not asked again: what a later one then sets, only /validate sees. */
    @Test
    void anImageThatALaterMutatorSetsOnUpdateIsRefusedUnpinned() throws Exception {
        byte[] update = new String(
                        review(
                                "{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed:1\"}]}",
                                "\"oldObject\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/other:1\"}]}},"),
                        StandardCharsets.UTF_8)
                .replace("CREATE", "UPDATE")
                .getBytes(StandardCharsets.UTF_8);

        JsonNode response = response(enforcing().review(update, Endpoint.VALIDATE, MINUTE));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status").path("reason").asText()).isEqualTo("IMAGE_NOT_PINNED");
    }

    @ParameterizedTest
    @Tag("attack-31")
    @DisplayName("Attack 31: a forged record is refused where mutation was skipped")
    @ValueSource(
            strings = {
                "{\\\"containers/a\\\":{\\\"outcome\\\":\\\"verified\\\"}}",
                "{\\\"containers/none\\\":{\\\"outcome\\\":\\\"unchecked\\\"}}",
                "{\\\"containers/a\\\":{\\\"outcome\\\":\\\"unchecked\\\",\\\"signers\\\":[\\\"me\\\"]}}",
                "{\\\"containers/a\\\":{\\\"outcome\\\":\\\"unchecked\\\",\\\"digest\\\":\\\"sha256:0\\\"}}",
                "{\\\"containers/a\\\":[]}",
                "not json"
            })
    void aForgedRecordIsRefused(String record) throws Exception {
        byte[] forged = new String(
                        review("{\"containers\":[{\"name\":\"a\",\"image\":\"nginx\"}]}", ""), StandardCharsets.UTF_8)
                .replace(
                        "\"name\":\"p\"",
                        "\"name\":\"p\",\"annotations\":{\"catalog.landwaiter.dev/images\":\"" + record + "\"}")
                .getBytes(StandardCharsets.UTF_8);

        JsonNode response = response(enforcing().review(forged, Endpoint.VALIDATE, MINUTE));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status").path("reason").asText()).isEqualTo("RECORD_FORGED");
    }

    @ParameterizedTest
    @Tag("attack-52")
    @DisplayName("Attack 52: a mirror annotation excuses the node alone that makes the Pod")
    @CsvSource(delimiter = '|', textBlock = """
                    system:node:n1 | system:nodes   | n1 | true
                    system:node:n2 | system:nodes   | n1 | false
                    system:node:n1 | system:masters | n1 | false
                    system:node:   | system:nodes   | '' | false
                    jane           | system:nodes   | n1 | false
                    jane           | system:masters | n1 | false
                    """)
    void aMirrorAnnotationExcusesItsNodeAlone(String user, String group, String node, boolean excused)
            throws Exception {
        byte[] mirror = new String(
                        review(
                                "{\"nodeName\":\"%s\",\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/unsigned\"}]}"
                                        .formatted(node),
                                "\"userInfo\":{\"username\":\"%s\",\"groups\":[\"system:authenticated\",\"%s\"]},"
                                        .formatted(user, group)),
                        StandardCharsets.UTF_8)
                .replace("\"name\":\"p\"", "\"name\":\"p\",\"annotations\":{\"kubernetes.io/config.mirror\":\"x\"}")
                .getBytes(StandardCharsets.UTF_8);

        for (Endpoint endpoint : Endpoint.values()) {
            JsonNode response = response(enforcing().review(mirror, endpoint, MINUTE));

            assertThat(response.path("allowed").asBoolean()).isEqualTo(excused);
            assertThat(response.toString()).contains("SIGNATURE_MISSING");
        }
    }

    private static final String VERIFIED = "{\"outcome\":\"verified\"}";

    /** An update of a Pod whose one container had the image {@code before}, with the same records before and after. */
    private static byte[] update(String metadata, String before, String after, String records) {
        String annotations = MAPPER.createObjectNode()
                .put("catalog.landwaiter.dev/images", records)
                .put("landwaiter.dev/plan", Records.planOf(records))
                .toString();
        String pod =
                "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",%s\"annotations\":%s},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"%s\"}]}}";
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"UPDATE","namespace":"shop",
                 "kind":{"group":"","version":"v1","kind":"Pod"},"oldObject":%s,"object":%s}}
                """.formatted(pod.formatted(metadata, annotations, before), pod.formatted(metadata, annotations, after))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Tag("attack-53")
    @DisplayName("Attack 53: of a Pod that is being deleted, no record stays with another image than it was made for")
    void aRecordDoesNotStayWithAnotherImage() throws Exception {
        String deleted = "\"deletionTimestamp\":\"2026-11-21T00:00:00Z\",\"finalizers\":[\"a.test/b\"],";
        String records = "{\"containers/a\":" + VERIFIED + "}";
        byte[] patched = update(deleted, "r.test/a/signed:1", "r.test/a/unsigned:1", records);

        JsonNode mutated = response(enforcing().review(patched, Endpoint.MUTATE, MINUTE));
        assertThat(mutated.path("allowed").asBoolean()).isTrue();
        assertThat(Patched.by(
                                mutated.path("patch").asText(),
                                MAPPER.readTree(patched).at("/request/object"))
                        .at("/metadata/annotations"))
                .isEmpty();
        assertThat(response(enforcing().review(patched, Endpoint.VALIDATE, MINUTE))
                        .at("/status/reason")
                        .asText())
                .isEqualTo("RECORD_FORGED");
        assertThat(world.remembered()).as("nothing is looked up").isEmpty();

        byte[] finalized = update(deleted, "r.test/a/signed:1", "r.test/a/signed:1", records);
        for (Endpoint endpoint : Endpoint.values()) {
            JsonNode response = response(enforcing().review(finalized, endpoint, MINUTE));
            assertThat(response.path("allowed").asBoolean()).isTrue();
            assertThat(response.has("patch")).isFalse();
        }
    }

    @Test
    @Tag("attack-53")
    @DisplayName("Attack 53: that an object is being deleted is not the client's to say")
    void deletionIsNotTheClientsToSay() throws Exception {
        byte[] update = new String(update("", "r.test/a/signed:1", "r.test/a/unsigned:1", "{}"), StandardCharsets.UTF_8)
                .replaceFirst(
                        "(?s)(.*)\"name\":\"p\"", "$1\"name\":\"p\",\"deletionTimestamp\":\"2026-11-21T00:00:00Z\"")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(MAPPER.readTree(update)
                        .at("/request/object/metadata/deletionTimestamp")
                        .isTextual())
                .isTrue();

        assertThat(response(enforcing().review(update, Endpoint.MUTATE, MINUTE))
                        .at("/status/reason")
                        .asText())
                .isEqualTo("SIGNATURE_MISSING");
    }

    @ParameterizedTest
    @Tag("attack-53")
    @DisplayName("Attack 53: a record that names a slot twice, or none that is there, is refused")
    @ValueSource(
            strings = {
                "{\"containers/a\":{\"outcome\":\"unchecked\"},\"containers/a\":{\"outcome\":\"verified\"}}",
                "{\"containers/a\":{\"outcome\":\"unchecked\",\"outcome\":\"verified\"}}",
                "{\"containers/a\":{\"outcome\":\"unchecked\"},\"containers/b\":{\"outcome\":\"unchecked\"}}",
                "{\"containers/a\":{\"outcome\":\"unchecked\"}} {}",
            })
    void aRecordThatCanBeReadInTwoWaysIsRefused(String records) throws Exception {
        byte[] update = update("", "nginx:1", "nginx:1", records);

        assertThat(response(enforcing().review(update, Endpoint.VALIDATE, MINUTE))
                        .at("/status/reason")
                        .asText())
                .isEqualTo("RECORD_FORGED");
        JsonNode mutated = response(enforcing().review(update, Endpoint.MUTATE, MINUTE));
        JsonNode left = Patched.by(
                mutated.path("patch").asText(), MAPPER.readTree(update).at("/request/object"));
        assertThat(left.at("/metadata/annotations").toString())
                .isIn(
                        "{}",
                        MAPPER.createObjectNode()
                                .put("catalog.landwaiter.dev/images", "{\"containers/a\":{\"outcome\":\"unchecked\"}}")
                                .put(
                                        "landwaiter.dev/plan",
                                        Records.planOf("{\"containers/a\":{\"outcome\":\"unchecked\"}}"))
                                .toString());
    }

    @Test
    @Tag("attack-32")
    @DisplayName("Attack 32: a namespace whose labels can't be read never counts as not selected")
    void aFailedLookUpIsNotNoMatch() throws Exception {
        Admission admission = admission(
                (_, _) -> {
                    throw new Failure(
                            Code.NAMESPACE_UNAVAILABLE, "Could not read namespace \"shop\": timeout. Try again.");
                },
                policy(new LabelSelector(Map.of("team", "a"), List.of())));

        JsonNode response = response(admission.review(
                review("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed\"}]}", ""),
                Endpoint.MUTATE,
                MINUTE));

        assertThat(response.path("status").path("code").asInt()).isEqualTo(503);
        assertThat(response.path("status").path("message").asText())
                .isEqualTo(
                        "Could not admit spec.containers[0].image \"r.test/a/signed\" under ClusterImagePolicy \"signed\": Could not read namespace \"shop\": timeout. Try again.");
    }

    @Test
    @Tag("attack-48")
    @DisplayName("Attack 48: patch and patchType stand together or not at all")
    void noPatchTypeWithoutAPatch() throws Exception {
        Admission admission = enforcing();
        byte[] nothing = review("{\"containers\":[]}", "");

        JsonNode response = response(admission.review(nothing, Endpoint.MUTATE, MINUTE));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(response.has("patchType")).isFalse();
    }

    @Test
    @Tag("attack-50")
    @DisplayName("Attack 50: templates of controllers stay as written, because only Pods are decided on")
    void onlyPodsAreDecidedOn() {
        byte[] deployment = new String(review("{}", ""), StandardCharsets.UTF_8)
                .replace(
                        "{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"}",
                        "{\"group\":\"apps\",\"version\":\"v1\",\"kind\":\"Deployment\"}")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> enforcing().review(deployment, Endpoint.MUTATE, MINUTE))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.REVIEW_UNSUPPORTED))
                .hasMessage(
                        "Could not decide on kind \"apps/v1 Deployment\": only v1 Pods are supported. Register the webhook for pods and pods/ephemeralcontainers alone.");
    }

    @ParameterizedTest
    @DisplayName("what is no review is refused with its reason")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    `` | Could not read the AdmissionReview: it is empty where JSON was expected. Check what wrote it.
                    [] | Could not read the AdmissionReview: it is not an AdmissionReview. Check what sent it; the API server sends kind AdmissionReview of admission.k8s.io/v1.
                    {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"} | Could not read the AdmissionReview: its apiVersion is not admission.k8s.io/v1. Set admissionReviewVersions: [v1] in the webhook configuration.
                    {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}} | Could not read the AdmissionReview: it has no request with a uid. Check what sent it; the API server sends kind AdmissionReview of admission.k8s.io/v1.
                    {"kind":"AdmissionReview","kind":"x"} | Could not read the AdmissionReview: it is not well-formed JSON at line 1, column 34 (the key "kind" stands twice in one object). Check what wrote it.
                    """)
    void whatIsNoReviewIsRefused(String body, String message) {
        assertThatThrownBy(() -> enforcing().review(body.getBytes(StandardCharsets.UTF_8), Endpoint.MUTATE, MINUTE))
                .isInstanceOf(Failure.class)
                .hasMessage(message);
    }

    @Test
    void aKnownReviewIsAnsweredWithoutWaiting() {
        Admission admission = enforcing();
        byte[] review = review("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/signed\"}]}", "");

        assertThat(admission.reviewIfKnown(review, Endpoint.MUTATE)).isEmpty();
        byte[] first = admission.review(review, Endpoint.MUTATE, MINUTE);
        assertThat(admission.reviewIfKnown(review, Endpoint.MUTATE))
                .hasValueSatisfying(known -> assertThat(known).isEqualTo(first));
    }

    private static Exemption exemption(String policy, String repository, Instant expires) {
        return new Exemption(
                "migration",
                Set.of(policy),
                List.of(new Exemption.ExemptImage(repository, null)),
                Set.of("shop"),
                expires,
                "rebuilt next week",
                null);
    }

    private JsonNode exempted(Exemption exemption, String image) throws Exception {
        PolicySet set = new PolicySet(List.of(policy(LabelSelector.ALL)), List.of(exemption));
        Admission admission = admission((_, _) -> Optional.of(Map.of()), set);
        String spec = "{\"containers\":[{\"name\":\"a\",\"image\":\"%s\"}]}".formatted(image);
        return response(admission.review(review(spec, ""), Endpoint.VALIDATE, MINUTE));
    }

    @Test
    @Tag("attack-34")
    @DisplayName("Attack 34: an exception covers exactly what it names, until it ends, and is never silent")
    void anExceptionCoversWhatItNames() throws Exception {
        Instant end = now.plusSeconds(60);
        Exemption exact = exemption("signed", "r.test/a/unsigned", end);

        JsonNode admitted = exempted(exact, "r.test/a/unsigned:1");
        assertThat(admitted.path("allowed").asBoolean()).isTrue();
        assertThat(admitted.path("warnings").path(0).asText())
                .startsWith(
                        "spec.containers[0].image: SIGNATURE_MISSING: admitted by ImagePolicyException \"migration\" until 2026-11-21T10:01:00Z (rebuilt next week), although ClusterImagePolicy \"signed\" does not accept it: ");
        assertThat(MAPPER.readTree(
                                admitted.path("auditAnnotations").path("images").asText())
                        .at("/containers~1a/outcome")
                        .asText())
                .isEqualTo("exempted");
        assertThat(MAPPER.readTree(
                                admitted.path("auditAnnotations").path("images").asText())
                        .at("/containers~1a/exceptions/0")
                        .asText())
                .isEqualTo("migration");

        assertThat(exempted(exact, "r.test/a/unsigned-too:1").path("allowed").asBoolean())
                .as("a name that only begins like it")
                .isFalse();
        assertThat(exempted(exact, "r.test/a/unsigned/b:1").path("allowed").asBoolean())
                .as("below it")
                .isFalse();
        assertThat(exempted(exact, "evil.test/r.test/a/unsigned:1").path("warnings"))
                .as("elsewhere, where no policy is")
                .isEmpty();
        assertThat(exempted(exemption("sign", "r.test/a/unsigned", end), "r.test/a/unsigned:1")
                        .path("allowed")
                        .asBoolean())
                .as("another policy")
                .isFalse();
        assertThat(exempted(exemption("shop/signed", "r.test/a/unsigned", end), "r.test/a/unsigned:1")
                        .path("allowed")
                        .asBoolean())
                .as("a namespace's policy of that name")
                .isFalse();
        assertThat(exempted(exemption("signed", "r.test/*/unsigned", end), "r.test/a/unsigned:1")
                        .path("allowed")
                        .asBoolean())
                .as("patterns are plain text")
                .isFalse();
    }

    @Test
    @Tag("attack-34")
    @DisplayName("Attack 34: an exception that has ended has no effect at once, whatever was decided before")
    void anExceptionThatEndedHasNoEffect() throws Exception {
        Exemption exemption = exemption("signed", "r.test/a/unsigned", now.plusSeconds(60));
        PolicySet set = new PolicySet(List.of(policy(LabelSelector.ALL)), List.of(exemption));
        Admission admission = admission((_, _) -> Optional.of(Map.of()), set);
        byte[] review = review("{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/unsigned:1\"}]}", "");

        assertThat(response(admission.review(review, Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isTrue();
        now = now.plusSeconds(59);
        assertThat(response(admission.review(review, Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isTrue();
        now = now.plusSeconds(1);
        JsonNode denied = response(admission.review(review, Endpoint.VALIDATE, MINUTE));
        assertThat(denied.path("allowed").asBoolean()).isFalse();
        assertThat(denied.path("status").path("reason").asText()).isEqualTo("SIGNATURE_MISSING");
        assertThat(denied.path("warnings")).isEmpty();
    }

    @Test
    @Tag("attack-34")
    @DisplayName("Attack 34: what an exception for one digest lets in runs by that digest")
    void anExceptionForADigestDemandsThatDigest() throws Exception {
        ImageReference tagged = ImageReference.parse("r.test/a/unsigned:1");
        Digest digest = FakeWorld.digestOf(tagged);
        Exemption exemption = new Exemption(
                "migration",
                Set.of("signed"),
                List.of(new Exemption.ExemptImage("r.test/a/unsigned", digest)),
                Set.of(),
                now.plusSeconds(60),
                "rebuilt next week",
                null);

        JsonNode byTag = exempted(exemption, "r.test/a/unsigned:1");
        assertThat(byTag.path("status").path("reason").asText()).isEqualTo("IMAGE_NOT_PINNED");
        assertThat(byTag.path("status").path("message").asText())
                .isEqualTo(
                        "Could not admit spec.containers[0].image \"r.test/a/unsigned:1\": its admission rests on an exception for one digest, but it has no digest, so something else could run under that name. Write r.test/a/unsigned:1@%s instead."
                                .formatted(digest));
        assertThat(exempted(exemption, "r.test/a/unsigned:1@" + digest)
                        .path("allowed")
                        .asBoolean())
                .isTrue();
        assertThat(exempted(exemption, "r.test/a/unsigned:2").path("allowed").asBoolean())
                .as("another digest")
                .isFalse();
    }

    @Test
    @Tag("attack-34")
    @DisplayName("Attack 34: an exception of another namespace is none")
    void anExceptionIsForItsNamespaces() throws Exception {
        Exemption exemption = new Exemption(
                "migration",
                Set.of("signed"),
                List.of(new Exemption.ExemptImage("r.test/a/unsigned", null)),
                Set.of("bakery"),
                now.plusSeconds(60),
                "rebuilt next week",
                null);

        assertThat(exempted(exemption, "r.test/a/unsigned:1").path("allowed").asBoolean())
                .isFalse();
    }
}
