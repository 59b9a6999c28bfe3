package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** What a registry and its token server answer: headers and bodies. */
class RegistryFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final ImageReference REFERENCE = ImageReference.parse("ghcr.io/acme/api:1");
    private static final Digest SUBJECT = Digest.sha256(new byte[0]);
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private static Keychain.Found found(Credential credential) {
        return new Keychain.Found(credential, List.of());
    }

    private static Deadline minute() {
        return Deadline.in(Duration.ofMinutes(1));
    }

    private static Inquiry inquiry(Credential credential) {
        return new Inquiry(REFERENCE, found(credential), minute(), "manifest of ghcr.io/acme/api:1");
    }

    @Seeds({
        "Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:acme/api:pull\"",
        "Basic realm=\"a, b=\\\"c\\\"\", Bearer realm=https://x/t, Negotiate YII==, Digest qop=auth",
        ",,, Basic  , =x",
    })
    @FuzzTest
    void challengesAreFewAndNamed(byte[] data) {
        List<Challenge> challenges = Challenge.parse(Parsed.text(data));

        assertThat(challenges).hasSizeLessThanOrEqualTo(16).allSatisfy(challenge -> {
            assertThat(challenge.scheme()).isNotEmpty();
            assertThat(challenge.parameters()).doesNotContainKey("");
        });
    }

    @Seeds({
        "https://ghcr.io:443/v2/a?b=|{}^\"#c",
        "HTTP://[::FFFF:10.0.0.1]:5000/a/../b/./%7C",
        "?n=1&last=x",
        "//evil.test\\@ghcr.io/",
        "../../..//x",
        "https://my_registry:/\u00e9 \u20ac",
    })
    @FuzzTest
    void anAddressIsSentAsItIsRead(byte[] data) {
        String text = Parsed.text(data);
        Address base = Address.of("https://ghcr.io/v2/acme/api/manifests/1?ns=x");
        Stream.concat(Address.find(text).stream(), base.resolve(text).stream()).forEach(address -> {
            assertThat(Address.find(address.toString())).contains(address);
            assertThat(address.target()).startsWith("/").matches("[\\x21-\\x7e]+");
            assertThat(address.host()).matches("[a-z0-9._-]+|\\[[0-9a-f:.]+]");
        });
    }

    @Seeds({
        "Bearer realm=\"https://ghcr.io/token?account=x\",service=\"ghcr.io\",scope=\"repository:acme/api:pull\"",
        "Bearer realm=\"http://169.254.169.254/latest\",service=x",
        "Bearer realm=\"https://ghcr.io@evil.test:8443/\"",
        "Bearer realm=\"https://[::1]/%zz\",scope=\"\u00e9\"",
        "Bearer realm=\"https://auth.ghcr.io/token\",service=\"ghcr.io\"",
        "Bearer realm=\"https://notghcr.io/token\",service=\"ghcr.io\"",
    })
    @FuzzTest
    void aChallengeNeverLeadsCredentialsElsewhere(byte[] data) {
        Answering transport =
                new Answering(new Response(200, Map.of(), "{\"token\":\"t\"}".getBytes(StandardCharsets.UTF_8)));
        TokenClient tokens = new TokenClient(transport, RegistrySettings.defaults(), () -> NOW);
        for (Challenge challenge : Challenge.parse(Parsed.text(data))) {
            TokenClient.Server server =
                    new TokenClient.Server(challenge.parameter("realm"), challenge.parameter("service"));
            Parsed.by(() -> tokens.fetch(
                    server,
                    challenge.parameter("scope"),
                    inquiry(new Credential.Basic("robot", "secret", "secret \"shop/pull\""))));
        }
        assertThat(transport.asked()).allSatisfy(asked -> {
            assertThat(asked.address().scheme()).isEqualTo("https");
            // the registry's own host, or another one of its registrable domain
            assertThat(asked.address().host()).matches("(?i)(.+[.])?ghcr[.]io");
            assertThat(Address.find(asked.address().toString())).contains(asked.address());
        });
    }

    @Seeds({
        "{\"token\":\"abc\",\"expires_in\":300,\"issued_at\":\"2026-11-21T12:00:00Z\"}",
        "{\"access_token\":\"abc.def\",\"expires_in\":-1}",
        "{\"token\":\"a b\",\"expires_in\":1e99}",
    })
    @FuzzTest
    void aTokenIsPrintableAndEnds(byte[] data) {
        TokenClient tokens = new TokenClient(
                new Answering(new Response(200, Map.of(), data)), RegistrySettings.defaults(), () -> NOW);

        Parsed.by(() -> tokens.fetch(
                        new TokenClient.Server("https://ghcr.io/token", "ghcr.io"),
                        "repository:acme/api:pull",
                        inquiry(Credential.ANONYMOUS)))
                .ifPresent(token -> {
                    assertThat(token.value()).matches("[!-~]+");
                    assertThat(token.until()).isBetween(NOW.minusSeconds(5), NOW.plus(Duration.ofHours(12)));
                });
    }

    @Seeds({
        "</v2/acme/api/referrers/sha256:00?n=2>; rel=\"next\"",
        "<https://other.test/v2/x>;rel=prev, <../next?a=b>; rel=next",
        "<http://[::1>; rel=next",
    })
    @FuzzTest
    void theNextPageIsOfTheSameRegistry(byte[] data) {
        Answering transport = new Answering(new Response(
                200,
                Map.of("link", Parsed.text(data), "content-type", INDEX),
                "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8)));

        Parsed.by(() -> referrers(transport));

        assertThat(transport.asked()).isNotEmpty().hasSizeLessThan(12).allSatisfy(asked -> {
            assertThat(asked.address().host()).isEqualTo("ghcr.io");
            assertThat(asked.address().path()).startsWith("/v2/");
        });
    }

    @Seeds(resources = "sigstore/busybox.referrers-index.json", value = "{\"schemaVersion\":2,\"manifests\":null}")
    @FuzzTest
    void aListOfReferrersIsReadOrRefused(byte[] data) {
        Answering transport = new Answering(new Response(200, Map.of("content-type", INDEX), data));

        Parsed.by(() -> referrers(transport))
                .ifPresent(found -> assertThat(found.found()).doesNotHaveDuplicates());
    }

    private static Partial<Descriptor> referrers(Answering transport) {
        return new OciRegistry(transport, RegistrySettings.defaults(), () -> NOW, RegistryListener.NONE)
                .referrers(REFERENCE, SUBJECT, found(Credential.ANONYMOUS), minute());
    }

    @Seeds({
        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\",\"detail\":{}}]}",
        "<html>",
    })
    @FuzzTest
    void aPeersWordsAreOneShortVisibleLine(byte[] data) {
        String words = new PeerWords(Limits.defaults()).of(new Response(401, Map.of(), data));

        assertThat(words).startsWith("401").hasSizeLessThan(600);
        assertThat(words.codePoints()).noneMatch(Character::isISOControl);
    }

    /** Answers everything alike, and keeps what it was asked. */
    private record Answering(Response response, Queue<Request> asked) implements HttpTransport {
        Answering(Response response) {
            this(response, new ConcurrentLinkedQueue<>());
        }

        @Override
        public Response exchange(Request request, Deadline deadline) {
            asked.add(request);
            return response;
        }
    }
}
