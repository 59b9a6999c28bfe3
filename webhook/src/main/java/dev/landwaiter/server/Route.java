package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.util.Optional;

/** What is served at one path of a listener. */
public sealed interface Route {
    /** A document in JSON that is the same for everybody, by GET. */
    record Document(String json) implements Route {}

    /** Answers JSON that is posted by JSON. */
    non-sealed interface Work extends Route {
        /** The answer where all that it needs is known; never blocks. */
        Optional<byte[]> answerIfKnown(byte[] body, Caller caller);

        /** The answer; blocks until {@code deadline} at most. */
        byte[] answer(byte[] body, Caller caller, Deadline deadline);

        /** On whose behalf {@code body} is posted. Reads little of it. */
        String tenant(byte[] body);

        /** Told of what was posted and refused before it was asked for an answer. Never blocks. */
        void refused(Failure why);
    }

    /**
     * An API server's reviews. Whoever has not proved to be one gets another admission, which has no credentials: what nobody hands it, it
     * cannot use.
     */
    static Work reviews(Admission ofApiServer, Admission ofAnybody, Endpoint endpoint) {
        return new Work() {
            private Admission of(Caller caller) {
                return switch (caller) {
                    case API_SERVER -> ofApiServer;
                    case ANYBODY -> ofAnybody;
                };
            }

            @Override
            public Optional<byte[]> answerIfKnown(byte[] body, Caller caller) {
                return of(caller).reviewIfKnown(body, endpoint);
            }

            @Override
            public byte[] answer(byte[] body, Caller caller, Deadline deadline) {
                return of(caller).review(body, endpoint, deadline);
            }

            @Override
            public String tenant(byte[] body) {
                return ofApiServer.tenant(body);
            }

            @Override
            public void refused(Failure why) {
                ofApiServer.refused(why, endpoint);
            }
        };
    }
}
