package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class NameLookupTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");
    private static final String MAY_PASS = "Temporary failure in name resolution";
    private static final String DEFINITE = "Name or service not known";

    private final FakeNames names = new FakeNames();
    private final AtomicLong clock = new AtomicLong();

    @Test
    @DisplayName("Attack 55: names that nobody answers for hold up the tenant that brought them, and no other")
    @Tag("attack-55")
    void slowNamesHoldUpTheirOwnTenantAlone() throws InterruptedException {
        try (NameLookup lookup = lookup(Limits.defaults());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<InetAddress>>> attack = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String name = "slow-" + i + ".evil.test";
                names.silent(name);
                attack.add(threads.submit(() -> lookup.find(name, soon().onBehalfOf("evil"), "the test")));
            }
            until(() -> names.hanging() == 8);
            names.means("other.test", FIRST);

            assertThat(lookup.find("other.test", soon().onBehalfOf("shop"), "the test"))
                    .containsExactly(FIRST);
            assertThat(names.hanging()).isEqualTo(8);
            assertThat(attack).noneMatch(Future::isDone);

            threads.shutdownNow();
            names.wake();
        }
    }

    @Test
    @DisplayName("Attack 55: who finds no room behind its own slow names is denied, whatever onUnavailable says")
    @Tag("attack-55")
    void noRoomIsNeverUnavailable() {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.LOOKUPS_OF_NAMESPACE, 1L)))) {
            names.silent("slow.evil.test");
            Failure slow = failureOf(lookup, "slow.evil.test", millis(50).onBehalfOf("evil"));
            Failure next = failureOf(lookup, "ghcr.io", millis(50).onBehalfOf("evil"));

            assertThat(slow.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(slow)
                    .hasMessage(
                            "Could not fetch the test: looking up the name slow.evil.test took longer than this request had left. Check the name server.");
            assertThat(next.code()).isEqualTo(Code.OVERLOADED);
            assertThat(next)
                    .hasMessage(
                            "Could not finish the test: no turn for look-ups of names came in the time that this request had left. Try again later.");
            assertThat(names.asked("ghcr.io")).isZero();
            names.wake();
        }
    }

    @Test
    @DisplayName("Attack 55: a look-up that was slow only because it had to wait for room is denied too")
    @Tag("attack-55")
    void aLookUpThatHadToWaitIsALackOfRoom() throws Exception {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.LOOKUPS_OF_NAMESPACE, 1L)));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            names.silent("first.test");
            names.silent("second.test");
            Future<List<InetAddress>> first = threads.submit(() -> lookup.find("first.test", soon(), "the test"));
            until(() -> names.hanging() == 1);
            AtomicLong time = new AtomicLong();
            Deadline deadline = Deadline.in(Duration.ofMillis(400), () -> time.get());
            Future<Failure> second = threads.submit(() -> failureOf(lookup, "second.test", deadline));
            until(() -> lookup.waiting() == 1);
            time.set(Duration.ofMillis(300).toNanos());
            names.means("first.test", FIRST);
            names.wake("first.test");
            assertThat(first.get()).containsExactly(FIRST);

            assertThat(second.get().code()).isEqualTo(Code.OVERLOADED);
            names.wake();
        }
    }

    @Test
    void lookUpsAtOnceAreBounded() throws InterruptedException {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.LOOKUPS_AT_ONCE, 4L)));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                String name = "slow-" + i + ".test";
                String tenant = "tenant-" + i;
                names.silent(name);
                Future<?> _ = threads.submit(() -> lookup.find(name, soon().onBehalfOf(tenant), "the test"));
            }
            until(() -> names.hanging() == 4 && lookup.waiting() == 8);
            threads.shutdownNow();
            names.wake();
        }
    }

    @Test
    void whoeverWantsTheSameNameAtTheSameTimeSharesOneLookUp() throws Exception {
        try (NameLookup lookup = lookup(Limits.defaults());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            names.silent("ghcr.io");
            Future<List<InetAddress>> one = threads.submit(() -> lookup.find("ghcr.io", soon(), "the test"));
            until(() -> names.hanging() == 1);
            names.means("ghcr.io", FIRST);
            Future<List<InetAddress>> two =
                    threads.submit(() -> lookup.find("ghcr.io", soon().onBehalfOf("shop"), "the test"));
            names.wake("ghcr.io");

            assertThat(one.get()).containsExactly(FIRST);
            assertThat(two.get()).containsExactly(FIRST);
            assertThat(names.asked("ghcr.io")).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aNameIsAskedForAnewEachTime() {
        try (NameLookup lookup = lookup(Limits.defaults())) {
            names.means("ghcr.io", FIRST);
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.means("ghcr.io", SECOND);
            assertThat(find(lookup, "ghcr.io")).containsExactly(SECOND);
        }
    }

    @Test
    void aKnownNameKeepsItsAddressesWhileItsServerIsSilentOrFails() {
        try (NameLookup lookup = lookup(Limits.defaults())) {
            names.means("ghcr.io", FIRST);
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);

            names.fails("ghcr.io", MAY_PASS);
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.fails("ghcr.io", "");
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.silent("ghcr.io");
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.wake();
        }
    }

    @Test
    @DisplayName("Attack 55: who has no room left still reaches hosts whose addresses are known")
    @Tag("attack-55")
    void aKnownNameNeedsNoRoom() {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.LOOKUPS_OF_NAMESPACE, 1L)))) {
            names.means("ghcr.io", FIRST);
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.silent("slow.test");
            assertThat(failureOf(lookup, "slow.test", millis(20)).code()).isEqualTo(Code.DEADLINE_EXCEEDED);

            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            assertThat(names.asked("ghcr.io")).isEqualTo(1);
            names.wake();
        }
    }

    @Test
    void aNameThatIsSaidNotToExistHasNoAddressesAnyMore() {
        try (NameLookup lookup = lookup(Limits.defaults())) {
            names.means("gone.test", FIRST);
            assertThat(find(lookup, "gone.test")).containsExactly(FIRST);

            names.fails("gone.test", DEFINITE);
            assertThat(failureOf(lookup, "gone.test", soon()))
                    .hasMessage(
                            "Could not fetch the test: the name gone.test is not known. Check its spelling, and the name server.");
            names.fails("gone.test", MAY_PASS);
            assertThat(failureOf(lookup, "gone.test", soon()))
                    .hasMessage(
                            "Could not fetch the test: the name server could not say what the name gone.test means. Try again, and check the name server.");
        }
    }

    @Test
    void whatIsKnownAges() {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.KNOWN_ADDRESSES_MILLIS, 60_000L)))) {
            names.means("ghcr.io", FIRST);
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            names.fails("ghcr.io", MAY_PASS);

            clock.addAndGet(Duration.ofSeconds(59).toNanos());
            assertThat(find(lookup, "ghcr.io")).containsExactly(FIRST);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(failureOf(lookup, "ghcr.io", soon()).code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
        }
    }

    @Test
    void whatIsKnownIsBounded() {
        try (NameLookup lookup = lookup(Limits.of(Map.of(Limit.KNOWN_ADDRESSES, 64L)))) {
            InetAddress[] many = new InetAddress[1000];
            for (int i = 0; i < many.length; i++) {
                many[i] = InetAddress.ofLiteral("192.0." + i / 250 + "." + i % 250);
            }
            for (int i = 0; i < 50; i++) {
                names.means("many-" + i + ".test", many);
                assertThat(find(lookup, "many-" + i + ".test")).hasSize(1000);
            }
            assertThat(lookup.known()).isLessThanOrEqualTo(64);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Name or service not known, true",
        "No address associated with hostname, true",
        "Name does not resolve, true",
        "Name has no usable address, true",
        "'nodename nor servname provided, or not known', true",
        "Temporary failure in name resolution, false",
        "Try again, false",
        "Non-recoverable failure in name resolution, false",
        "System error, false"
    })
    void onlyAnAnswerIsDefinite(String reason, boolean definite) {
        assertThat(NameLookup.isDefinite(new UnknownHostException("ghcr.io: " + reason)))
                .isEqualTo(definite);
        assertThat(NameLookup.isDefinite(new UnknownHostException("ghcr.io"))).isFalse();
        assertThat(NameLookup.isDefinite(new IllegalStateException(reason))).isFalse();
    }

    @Test
    void aLookUpAfterTheEndIsNotUnavailable() {
        NameLookup lookup = lookup(Limits.defaults());
        lookup.close();

        assertThat(failureOf(lookup, "ghcr.io", soon()).code()).isEqualTo(Code.OVERLOADED);
        assertThat(lookup.waiting()).isZero();
    }

    private NameLookup lookup(Limits limits) {
        return new NameLookup(names, limits, Duration.ofMillis(20), clock::get);
    }

    private static List<InetAddress> find(NameLookup lookup, String name) {
        return lookup.find(name, soon(), "the test");
    }

    private static Failure failureOf(NameLookup lookup, String name, Deadline deadline) {
        try {
            List<InetAddress> found = lookup.find(name, deadline, "the test");
            throw new AssertionError("found " + found);
        } catch (Failure e) {
            return e;
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Deadline millis(int count) {
        return Deadline.in(Duration.ofMillis(count));
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** Names whose servers answer, fail, or are silent until they are woken, as a native resolver is: not to be interrupted. */
    private static final class FakeNames implements NameResolver {
        private final Map<String, Object> answers = new ConcurrentHashMap<>();
        private final Map<String, CountDownLatch> silence = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
        private final Semaphore hanging = new Semaphore(0);

        void means(String name, InetAddress... addresses) {
            answers.put(name, addresses);
        }

        void fails(String name, String reason) {
            answers.put(name, new UnknownHostException(reason.isEmpty() ? name : name + ": " + reason));
        }

        void silent(String name) {
            silence.put(name, new CountDownLatch(1));
        }

        void wake(String name) {
            CountDownLatch latch = silence.remove(name);
            if (latch != null) {
                latch.countDown();
            }
        }

        void wake() {
            silence.keySet().forEach(this::wake);
        }

        int hanging() {
            return hanging.availablePermits();
        }

        int asked(String name) {
            return asked.getOrDefault(name, new AtomicInteger()).get();
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            asked.computeIfAbsent(host, _ -> new AtomicInteger()).incrementAndGet();
            CountDownLatch latch = silence.get(host);
            if (latch != null) {
                hanging.release();
                while (latch.getCount() > 0) {
                    try {
                        latch.await();
                    } catch (InterruptedException e) {
                        // native code goes on
                    }
                }
                hanging.acquireUninterruptibly();
            }
            return switch (answers.get(host)) {
                case InetAddress[] addresses -> addresses;
                case UnknownHostException e -> throw e;
                case null, default -> throw new UnknownHostException(host + ": " + DEFINITE);
            };
        }
    }
}
