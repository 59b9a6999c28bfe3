package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is held of a review while registries are asked, and on whose behalf it is read. */
@Timeout(60)
class WaitingReviewTest {
    private static final Deadline AMPLE = Deadline.in(Duration.ofSeconds(50));
    /** As a tree they take some 25 MB. */
    private static final int ARGUMENTS = 350_000;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final FakeWorld world = new FakeWorld();

    private AdmissionService admission(PolicySource policies) {
        return new AdmissionService(
                new AdmissionPipeline(
                        policies,
                        (_, _) -> Optional.empty(),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        new SlowFetcher(world, asked, answered),
                        world,
                        new AdmissionRules(
                                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64),
                        Limits.defaults(),
                        () -> Instant.EPOCH),
                Limits.defaults(),
                List.of(),
                System::nanoTime);
    }

    /** Answers once it is told to. */
    private record SlowFetcher(ImageFetcher next, CountDownLatch asked, CountDownLatch answered)
            implements ImageFetcher {
        @Override
        public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
            if (!deadline.expired()) {
                asked.countDown();
                try {
                    assertThat(answered.await(40, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return next.resolve(reference, credential, deadline);
        }

        @Override
        public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
            return next.details(image, platform, credential, deadline);
        }

        @Override
        public void invalidate() {
            next.invalidate();
        }
    }

    @Test
    @Tag("attack-57")
    void aReviewThatWaitsKeepsItsBytesAndNotItsTree() throws Exception {
        AdmissionService admission = admission(() -> PolicySet.EMPTY);
        byte[] review = review("shop", ",\"args\":[" + "\"a\",".repeat(ARGUMENTS) + "\"a\"]");
        long before = used();

        CompletableFuture<byte[]> answer =
                CompletableFuture.supplyAsync(() -> admission.review(review, Endpoint.MUTATE, AMPLE));
        assertThat(asked.await(40, TimeUnit.SECONDS)).isTrue();
        long meanwhile = used() - before;
        answered.countDown();

        assertThat(meanwhile).as("bytes held, of a tree of some 25 MB").isLessThan(5_000_000);
        assertThat(new String(answer.get(40, TimeUnit.SECONDS), StandardCharsets.UTF_8))
                .contains("\"allowed\":true", "\"patch\":");
    }

    @Test
    @Tag("attack-57")
    void aReviewOfMoreTokensThanAnyPodHasIsRefused() {
        AdmissionService admission = admission(() -> PolicySet.EMPTY);
        byte[] review = review("shop", ",\"args\":[" + "\"a\",".repeat(750_000) + "\"a\"]");

        assertThatThrownBy(() -> admission.review(review, Endpoint.MUTATE, AMPLE))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED))
                .hasMessage(
                        "Could not read the AdmissionReview: it exceeds the limit 'review-tokens' of 400000 tokens. If it is meant to be that large, raise the setting --limit review-tokens=….");
    }

    @Test
    void aLargePodThatSomebodyMayReallyHaveIsRead() {
        // two thousand variables and what the API server notes of who manages each: far more than fits a process'
        // environment
        StringBuilder variables = new StringBuilder();
        StringBuilder managed = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            variables
                    .append(i == 0 ? "" : ",")
                    .append("{\"name\":\"VARIABLE_%d\",\"value\":\"%s\"}".formatted(i, "v".repeat(300)));
            managed.append(i == 0 ? "" : ",")
                    .append("\"k:{\\\"name\\\":\\\"VARIABLE_%d\\\"}\":{\".\":{},\"f:name\":{},\"f:value\":{}}"
                            .formatted(i));
        }
        byte[] review = review("shop", ",\"env\":[" + variables + "],\"managedFields\":{" + managed + "}");
        answered.countDown();

        assertThat(review.length).isGreaterThan(750_000);
        assertThat(new String(
                        admission(() -> PolicySet.EMPTY).review(review, Endpoint.MUTATE, AMPLE),
                        StandardCharsets.UTF_8))
                .contains("\"allowed\":true");
    }

    private static long used() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void whatBringsNothingIsSkippedThoughNoPolicyWasReadYet() {
        AdmissionService admission = admission(() -> {
            throw new AssertionError("asked for policies");
        });
        byte[] removal = new String(review("shop", ""), StandardCharsets.UTF_8)
                .replace("CREATE", "DELETE")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(new String(admission.review(removal, Endpoint.MUTATE, AMPLE), StandardCharsets.UTF_8))
                .contains("\"allowed\":true", "\"decision\":\"skipped\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'request':{'uid':'u','namespace':'shop','object':{}}} | shop",
                "{'kind':'A','more':{'request':{'namespace':'other'},'l':[{}]},'request':{'kind':{'namespace':'k'},'namespace':'shop'}} | shop",
                "{'request':{'namespace':'shop','object':{'cut o | shop",
                "{'request':{'uid':'u','object':{'metadata':{'namespace':'shop'}}}} | ''",
                "{'request':{'namespace':7}} | ''",
                "{'request':'shop'} | ''",
                "['request'] | ''",
                "{'request':{'name | ''",
                "no JSON | ''",
                "'' | ''"
            })
    void theTenantIsTheNamespaceOfTheRequest(String review, String tenant) {
        byte[] body = review.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThat(admission(() -> PolicySet.EMPTY).tenant(body)).isEqualTo(tenant);
    }

    @Test
    void aNamespaceThatNoneCanHaveOrThatStandsFarBehindIsNobodys() {
        AdmissionService admission = admission(() -> PolicySet.EMPTY);
        String far = "{\"request\":{\"object\":\"" + "x".repeat(1 << 20) + "\",\"namespace\":\"shop\"}}";

        assertThat(admission.tenant(review("n".repeat(64), ""))).isEmpty();
        assertThat(admission.tenant(review("n".repeat(63), ""))).hasSize(63);
        assertThat(admission.tenant(far.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    private static byte[] review(String namespace, String more) {
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"group":"","version":"v1","kind":"Pod"},
                 "namespace":"%s","operation":"CREATE","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},
                 "spec":{"containers":[{"name":"a","image":"r.test/a/signed"%s}]}}}}
                """.formatted(namespace, more).getBytes(StandardCharsets.UTF_8);
    }
}
