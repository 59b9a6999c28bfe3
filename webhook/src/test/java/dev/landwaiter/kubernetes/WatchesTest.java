package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.net.ConnectException;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchesTest {
    private final AtomicReference<Error> thrown = new AtomicReference<>();
    private final Contact contact = new Contact("https://api.test", () -> {
        Error error = thrown.get();
        if (error != null) {
            throw error;
        }
        return Instant.EPOCH;
    });

    /** A scheduler runs nothing again that threw once, and says nothing of it: readiness would stay as it was for ever. */
    @Test
    void noErrorIsTheLastLook() {
        contact.failed(URI.create("https://api.test/api/v1/namespaces"), new ConnectException("Connection refused"));
        try (Watches watches = new Watches(contact)) {
            thrown.set(new StackOverflowError());
            assertThatNoException().isThrownBy(watches::look);
        }
    }

    @Test
    void anErrorAfterWhichTheProcessCannotGoOnIsHandedToWhoeverEndsIt() {
        contact.failed(URI.create("https://api.test/api/v1/namespaces"), new ConnectException("Connection refused"));
        AtomicReference<Throwable> told = new AtomicReference<>();
        Thread here = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = here.getUncaughtExceptionHandler();
        here.setUncaughtExceptionHandler((_, error) -> told.set(error));
        try (Watches watches = new Watches(contact)) {
            thrown.set(new OutOfMemoryError("a test's"));
            watches.look();
        } finally {
            here.setUncaughtExceptionHandler(before);
        }
        assertThat(told).hasValue(thrown.get());
    }
}
