package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ContactTest {
    private static final URI SECRET = URI.create("https://api.test/api/v1/namespaces/shop/secrets/pull");
    private static final URI WATCH =
            URI.create("wss://api.test/apis/landwaiter.dev/v1alpha1/clusterimagepolicies?watch=true");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-28T10:00:00Z"));
    private final Contact contact = new Contact("https://api.test", now::get);

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void aTokenThatIsRefusedIsSaidWithTheTimeSinceWhen() {
        contact.answered(SECRET, 200);
        contact.answered(SECRET, 401);
        assertThat(contact.problem()).as("a new token may be there in a moment").isEmpty();
        pass(Duration.ofSeconds(90));
        contact.answered(WATCH, 401);

        assertThat(contact.problem())
                .contains(
                        "the API server at https://api.test has refused the webhook since 2026-11-28T10:00:00Z (90 s): the API server"
                                + " answered 401, because it does not accept the webhook's token or client certificate: it has expired,"
                                + " or its ServiceAccount was deleted or created again");
        assertThat(contact.failure("/apis/landwaiter.dev/v1alpha1/clusterimagepolicies"))
                .hasValueSatisfying(why -> assertThat(why).startsWith("the API server answered 401"));
        assertThat(contact.count(Contact.Cause.UNAUTHORIZED)).isEqualTo(2);

        contact.answered(WATCH, 101);
        assertThat(contact.problem()).isEmpty();
        assertThat(contact.failure("/clusterimagepolicies")).isEmpty();
    }

    @Test
    void aMissingRightIsCountedAndIsNoTroubleForAll() {
        contact.answered(SECRET, 401);
        contact.answered(SECRET, 403);
        pass(Duration.ofMinutes(1));

        assertThat(contact.count(Contact.Cause.FORBIDDEN)).isEqualTo(1);
        assertThat(contact.problem()).as("it knows who we are").isEmpty();
    }

    @Test
    void anAnswerThatSaysNothingOfTheTokenChangesNothing() {
        contact.answered(SECRET, 401);
        pass(Duration.ofMinutes(1));
        contact.answered(SECRET, 503);
        contact.answered(SECRET, 429);

        assertThat(contact.problem()).isPresent();
    }

    @Test
    void thatItCannotBeReachedIsAnotherTrouble() {
        contact.answered(SECRET, 401);
        pass(Duration.ofMinutes(1));
        contact.failed(SECRET, new ConnectException("Connection refused"));
        pass(Duration.ofMinutes(2));
        contact.failed(SECRET, new ConnectException("Connection refused"));

        assertThat(contact.problem())
                .contains(
                        "the API server at https://api.test has not been reachable since 2026-11-28T10:01:00Z (2 min): connection refused");
        assertThat(contact.count(Contact.Cause.UNREACHABLE)).isEqualTo(2);
    }

    /** One of two API servers behind a balancer is down, and the other refuses the token. */
    @Test
    void troublesThatTakeTurnsAreOneAsLongAsNothingIsAnswered() {
        for (int i = 0; i < 60; i++) {
            contact.answered(SECRET, 401);
            pass(Duration.ofSeconds(2));
            contact.failed(SECRET, new ConnectException("Connection refused"));
            pass(Duration.ofSeconds(2));
        }
        assertThat(contact.problem())
                .contains(
                        "the API server at https://api.test has not been reachable since 2026-11-28T10:00:00Z (4 min): connection refused");
    }

    @Test
    void whatWeBreakOffOurselvesIsNoTrouble() {
        contact.failed(SECRET, new CancellationException());
        contact.close();
        contact.failed(SECRET, new ClosedChannelException());

        assertThat(contact.count(Contact.Cause.UNREACHABLE)).isZero();
    }

    @Test
    void causesAreSaidInPlainWords() {
        assertThat(Contact.why(new ConnectException().initCause(new ClosedChannelException())))
                .isEqualTo("connection refused");
        assertThat(Contact.why(new IOException(new ConnectException().initCause(new ClosedChannelException()))))
                .as("wrapped, as a client's own exception does")
                .isEqualTo("connection refused");
        assertThat(Contact.why(new ConnectException().initCause(new UnresolvedAddressException())))
                .isEqualTo("its name cannot be looked up");
        assertThat(Contact.why(new HttpConnectTimeoutException("HTTP connect timed out")))
                .isEqualTo("it did not answer in time");
        assertThat(Contact.why(new SSLHandshakeException("PKIX path building failed")))
                .isEqualTo("TLS failed: PKIX path building failed");
        assertThat(Contact.why(new IllegalStateException("x"))).isEqualTo("no answer (IllegalStateException)");
        assertThat(Contact.why(503)).isEqualTo("the API server answered 503");
    }
}
