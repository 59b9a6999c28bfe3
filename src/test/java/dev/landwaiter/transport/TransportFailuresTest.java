package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TransportFailuresTest {
    @Test
    @DisplayName("Attack 60: a full queue is our lack of room, and never 'could not check'")
    @Tag("attack-60")
    void aFullQueueIsALackOfRoom() {
        Failure failure = new TransportFailures(Limits.defaults())
                .of(
                        new ConnectionPoolTooBusyException("Connection pool reached max wait queue size of 32"),
                        "manifest of ghcr.io/acme/api:1",
                        new Target("ghcr.io", 443, true, null));

        assertThat(failure.code()).isEqualTo(Code.OVERLOADED);
        assertThat(failure.code().unavailable()).isFalse();
        assertThat(failure)
                .hasMessage(
                        "Could not fetch manifest of ghcr.io/acme/api:1 from ghcr.io: too many requests already wait for it. Try again later.");
    }
}
