package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ContentWatchTest {
    private final List<String> taken = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private volatile Supplier<String> content = () -> "first";
    private final ContentWatch watch = new ContentWatch(
            new LinesLogger(lines),
            "the note",
            "The last good note stays in force.",
            "first",
            this::read,
            CertificateInvalid::words);

    private ContentWatch.Reading read() {
        String now = content.get();
        return new ContentWatch.Reading() {
            @Override
            public String digest() {
                return now;
            }

            @Override
            public void take() {
                if (now.startsWith("bad")) {
                    throw new CertificateInvalid(now + " cannot be used");
                }
                if (now.startsWith("bug")) {
                    throw new IllegalStateException("a bug");
                }
                taken.add(now);
            }

            @Override
            public void isInForceAgain() {
                taken.add("again " + now);
            }
        };
    }

    private void look(String... contents) {
        for (String one : contents) {
            content = () -> one;
            watch.look();
        }
    }

    @Test
    void whatIsInForceIsNotTakenAgain() {
        look("first", "first");

        assertThat(taken).isEmpty();
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void aChangeIsTakenOnceItRests() {
        look("second", "third", "third", "third");

        assertThat(taken).containsExactly("third");
    }

    @Test
    void whatNeverRestsIsTakenAllTheSame() {
        for (int i = 0; i < 25; i++) {
            look("change " + i);
        }

        assertThat(taken).containsExactly("change 9", "change 19");
    }

    @Test
    void whatCannotBeUsedIsToldAndTriedAgainAndForgottenOnceTheOldContentIsBack() {
        look("bad", "bad", "bad");
        assertThat(watch.problem()).contains("bad cannot be used");
        assertThat(taken).isEmpty();

        look("first");

        assertThat(watch.problem()).isEmpty();
        assertThat(taken).containsExactly("again first");
        assertThat(lines)
                .containsExactly(
                        "ERROR bad cannot be used The last good note stays in force.",
                        "INFO The problem with the note is over: what stands there is in force");
    }

    @Test
    void whatIsMendedIsTaken() {
        look("bad", "bad", "second", "second");

        assertThat(taken).containsExactly("second");
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void aReadingThatThrowsIsToldOnceItIsSeenTwice() {
        content = () -> {
            throw new CertificateInvalid("there is no such file");
        };
        watch.look();
        assertThat(watch.problem()).as("it may be replaced just now").isEmpty();
        watch.look();
        assertThat(watch.problem()).contains("there is no such file");

        look("first");
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void whatNobodyExpectedIsToldAsABugAndEndsNothing() {
        look("bug", "bug");
        assertThat(watch.problem())
                .contains(
                        "Could not read the note: an internal error (IllegalStateException). Please report it with the log's stack trace.");

        content = () -> {
            throw new StackOverflowError();
        };
        watch.look();
        watch.look();
        assertThat(watch.problem()).isPresent();

        look("second", "second");
        assertThat(taken).containsExactly("second");
        assertThat(watch.problem()).isEmpty();
    }

    @Test
    void anErrorThatEndsTheProcessIsNotKept() {
        content = () -> {
            throw new OutOfMemoryError();
        };

        assertThatThrownBy(watch::look).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void itGoesOnUntilItIsClosed() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CountDownLatch afterBugs = new CountDownLatch(1);
        content = () -> {
            if (looks.incrementAndGet() < 5) {
                throw new IllegalStateException("a bug");
            }
            afterBugs.countDown();
            seen.add("looked");
            return "first";
        };
        try (CertificateSource.Watch _ = watch.start(Duration.ofMillis(1))) {
            assertThat(afterBugs.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("looked");
        }
    }
}
