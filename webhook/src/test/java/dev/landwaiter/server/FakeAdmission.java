package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Answers with what it was asked; a body of {@code block} waits for {@link #release}, one of {@code known …} never waits, and one that begins
 * with {@code in:NAME } is sent on behalf of that namespace.
 */
final class FakeAdmission implements Admission {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<Duration> remaining = new CopyOnWriteArrayList<>();
    final List<String> tenants = new CopyOnWriteArrayList<>();
    final LinkedBlockingQueue<String> entered = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<String> interrupted = new LinkedBlockingQueue<>();
    final CountDownLatch release = new CountDownLatch(1);
    volatile Throwable failure = new IllegalStateException("not set");

    @Override
    public byte[] review(byte[] body, Endpoint endpoint, Deadline deadline) {
        String text = new String(body, StandardCharsets.UTF_8);
        asked.add(endpoint + " " + text);
        remaining.add(deadline.remaining());
        tenants.add(deadline.tenant());
        entered.add(Thread.currentThread().isVirtual() ? "virtual" : "platform");
        if (text.endsWith("block")) {
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted.add(text);
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (text.equals("fail")) {
            throw thrown();
        }
        return answer(endpoint, text);
    }

    @Override
    public Optional<byte[]> reviewIfKnown(byte[] body, Endpoint endpoint) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.equals("known fail")) {
            throw thrown();
        }
        return text.startsWith("known") ? Optional.of(answer(endpoint, text)) : Optional.empty();
    }

    private RuntimeException thrown() {
        return switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            default -> throw new AssertionError(failure);
        };
    }

    @Override
    public void refused(Failure why, Endpoint endpoint) {
        refused.add(endpoint + " " + why.code());
    }

    @Override
    public String tenant(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 100), StandardCharsets.UTF_8);
        return text.startsWith("in:") ? text.substring(3, text.indexOf(' ')) : "";
    }

    private static byte[] answer(Endpoint endpoint, String text) {
        return "%s of %d: %s"
                .formatted(endpoint, text.length(), text.substring(0, Math.min(40, text.length())))
                .getBytes(StandardCharsets.UTF_8);
    }
}
