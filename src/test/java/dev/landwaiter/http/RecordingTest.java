package dev.landwaiter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final String BLOB = "https://registry.test/v2/acme/api/blobs/sha256:1";
    private static final String STORE = "https://store.test/1?signature=hunter2";

    private static Request get(String uri, Peer peer) {
        return new Request(
                "GET",
                Address.of(uri),
                Map.of("Authorization", "Bearer hunter2"),
                "",
                1000,
                Limit.MANIFEST_BYTES,
                peer,
                "blob sha256:1 of registry.test/acme/api");
    }

    private static Response answer(int status, Map<String, String> headers, String body) {
        return new Response(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A registry that wants a token, and keeps its blobs elsewhere. */
    private static Response registry(Request request) {
        return switch (request.address().host()) {
            case "store.test" -> answer(200, Map.of("content-type", "text/plain", "x-secret", "hunter2"), "content");
            case "token.test" -> answer(200, Map.of(), "{\"token\":\"hunter2\"}");
            default ->
                request.headers().isEmpty()
                        ? answer(401, Map.of("www-authenticate", "Bearer realm=\"https://token.test\""), "")
                        : answer(307, Map.of("location", STORE), "");
        };
    }

    private static Recording recorded() {
        RecordingTransport transport =
                new RecordingTransport((request, deadline) -> registry(request), Limits.defaults());
        Request named = get(BLOB, Peer.NAMED);
        for (Request request : List.of(
                new Request("GET", named.address(), Map.of(), "", 1000, Limit.MANIFEST_BYTES, Peer.NAMED, named.what()),
                get("https://token.test/token", Peer.REFERRED),
                named,
                get(STORE, Peer.REFERRED))) {
            assertThat(transport.exchange(request, Deadline.passed())).isNotNull();
        }
        return transport.recording(List.of("registry.test/acme/api:1"));
    }

    @Test
    void whatARedirectLedToIsTheAnswerToWhatWasAskedFor() {
        Recording again = Recording.parse(recorded().toJson(), Limits.defaults(), "evidence");
        Response response = new ReplayingTransport(again).exchange(get(BLOB, Peer.NAMED), Deadline.passed());

        assertThat(again.images()).containsExactly("registry.test/acme/api:1");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsExactly(Map.entry("content-type", "text/plain"));
        assertThat(response.body()).asString().isEqualTo("content");
    }

    @Test
    void neitherCredentialsNorTokensNorPlacesOfRedirectsAreKept() {
        assertThat(recorded().toJson())
                .asString(StandardCharsets.UTF_8)
                .contains("registry.test")
                .doesNotContain("hunter2", "store.test", "token.test", "www-authenticate");
    }

    @Test
    void aRefusalThatNothingCameAfterIsKept() {
        RecordingTransport transport =
                new RecordingTransport((request, deadline) -> answer(401, Map.of(), "no"), Limits.defaults());
        assertThat(transport.exchange(get(BLOB, Peer.NAMED), Deadline.passed()).status())
                .isEqualTo(401);

        assertThat(new ReplayingTransport(transport.recording(List.of()))
                        .exchange(get(BLOB, Peer.NAMED), Deadline.passed())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aRecordingIsBounded() {
        RecordingTransport transport = new RecordingTransport(
                (request, deadline) -> answer(200, Map.of(), "content"), Limits.of(Map.of(Limit.EVIDENCE_BYTES, 10L)));
        assertThat(transport.exchange(get(BLOB, Peer.NAMED), Deadline.passed())).isNotNull();

        assertThatThrownBy(() -> transport.exchange(get(BLOB + "2", Peer.NAMED), Deadline.passed()))
                .isInstanceOf(Failure.class)
                .hasMessage(
                        "Could not read all answers that are recorded: it exceeds the limit 'evidence-bytes' of 10 bytes. If it is meant to be that large, raise the setting --limit evidence-bytes=….");
    }

    @Test
    void whatWasNotAskedWhenRecordingHasNoAnswer() {
        assertThatThrownBy(() ->
                        new ReplayingTransport(recorded()).exchange(get(BLOB + "2", Peer.NAMED), Deadline.passed()))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(Code.EVIDENCE_MISSING);
                    assertThat(failure.code().unavailable()).isTrue();
                });
    }
}
