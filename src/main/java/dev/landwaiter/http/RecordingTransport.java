package dev.landwaiter.http;

import dev.landwaiter.http.Recording.Answer;
import dev.landwaiter.http.Recording.Question;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps what registries answer on its way: of manifests, blobs and referrers, each under what was asked for at first, whatever redirects came
 * in between. Tokens, challenges and the places that redirects name are not kept.
 */
public final class RecordingTransport implements HttpTransport {
    private static final int UNAUTHORIZED = 401;

    private final HttpTransport transport;
    private final Limits limits;
    private final ConcurrentMap<Question, Answer> answers = new ConcurrentHashMap<>();
    /** Where redirects led to, and what was asked for. */
    private final ConcurrentMap<Address, Question> redirected = new ConcurrentHashMap<>();

    private final AtomicLong bytes = new AtomicLong();

    public RecordingTransport(HttpTransport transport, Limits limits) {
        this.transport = transport;
        this.limits = limits;
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        Response response = transport.exchange(request, deadline);
        Question question = redirected.get(request.address());
        if (question == null && isOfRepository(request)) {
            question = question(request);
        }
        if (question != null) {
            keep(question, request, response);
        }
        return response;
    }

    static Question question(Request request) {
        return new Question(request.address().hostAndPort(), request.address().target(), request.method());
    }

    /** Whether it asks for content; the rest is about who asks. */
    static boolean isOfRepository(Request request) {
        String path = request.address().path();
        return request.peer() == Peer.NAMED
                && path.startsWith("/v2/")
                && (path.contains("/manifests/") || path.contains("/blobs/") || path.contains("/referrers/"));
    }

    private void keep(Question question, Request request, Response response) {
        boolean redirects = response.status() > 300 && response.status() < 400;
        if (redirects && response.header("location").isPresent()) {
            // what leads nowhere is told by whoever follows it
            request.address()
                    .resolve(response.header("location").orElseThrow())
                    .ifPresent(to -> redirected.put(to, question));
            return;
        }
        if (bytes.addAndGet(response.body().length) > limits.get(Limit.EVIDENCE_BYTES)) {
            throw limits.exceeded(Limit.EVIDENCE_BYTES, "all answers that are recorded");
        }
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.keySet().retainAll(Recording.HEADERS);
        Answer answer = new Answer(response.status(), headers, response.body());
        // a challenge comes before the answer, and is one only where nothing comes after it
        Answer _ = answers.merge(question, answer, (before, now) -> now.status() == UNAUTHORIZED ? before : now);
    }

    /** What was answered so far. */
    public Recording recording(Collection<String> images) {
        return new Recording(images, answers);
    }
}
