package dev.landwaiter.http;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Recording.Answer;
import dev.landwaiter.limit.Deadline;

/**
 * Answers as registries did when they were recorded, without any network. The client above it checks digests as ever, so that a recording is
 * believed no more than a registry is.
 */
public final class ReplayingTransport implements HttpTransport {
    private final Recording recording;

    public ReplayingTransport(Recording recording) {
        this.recording = recording;
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        Answer answer = recording
                .find(RecordingTransport.question(request))
                .orElseThrow(() -> new Failure(
                        Code.EVIDENCE_MISSING,
                        "Could not read %s: the recorded evidence does not hold it. Record it again for this image and these policies."
                                .formatted(request.what())));
        if (answer.body().length > request.maxBytes()) {
            throw new Failure(
                    Code.LIMIT_EXCEEDED,
                    "Could not read %s: the recorded answer exceeds the limit '%s' of %d %s. If it is meant to be that large, raise the setting --limit %s=…."
                            .formatted(
                                    request.what(),
                                    request.limitName().text(),
                                    request.maxBytes(),
                                    request.limitName().unit(),
                                    request.limitName().text()));
        }
        return new Response(answer.status(), answer.headers(), answer.body());
    }
}
