package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.LoggedRequest;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one tenant's requests leave to another: shown by what is served while they are held, and by the order of service, not by times. */
@Timeout(60)
class FairSharesIT {
    private static final String EVIL = "evil";
    private static final String SHOP = "shop";
    private static Vertx vertx;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** Requests that the registry has and does not answer. */
    private final ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "Attack 60: a tenant that fills its share of a registry host with requests that never end holds up no other tenant")
    @Tag("attack-60")
    void anotherTenantIsServedWhileOnesRequestsAreHeld(boolean http1) throws Exception {
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Limits.defaults())) {
            registry.on("/held", held::add);
            registry.on("/free", request -> request.response().end("served"));
            List<Future<Response>> attack = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                attack.add(ask(transport, registry, "/held", EVIL));
            }
            until(() -> held.size() == 16);

            for (int i = 0; i < 20; i++) {
                assertThat(ask(transport, registry, "/free", SHOP).get().body())
                        .asString()
                        .isEqualTo("served");
            }
            assertThat(held).hasSize(16);
            // half of the queue is the most that one tenant may take
            assertThat(attack.stream().filter(Future::isDone)).hasSize(1_000 - 16 - 512);
            assertThat(attack.stream().filter(Future::isDone).map(FairSharesIT::codeOf))
                    .containsOnly(Code.OVERLOADED);
        }
    }

    @Test
    @DisplayName(
            "Attack 60: where several tenants fill a host, whoever comes next waits for one request, and not for all that wait")
    @Tag("attack-60")
    void turnsGoRound() throws Exception {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Limits.of(Map.of(Limit.FETCHES_PER_HOST, 4L)))) {
            registry.on("/held", held::add);
            registry.on("/free", request -> request.response().end("served"));
            for (String tenant : List.of("evil-1", "evil-2", "evil-3")) {
                for (int i = 0; i < 100; i++) {
                    Future<Response> _ = ask(transport, registry, "/held", tenant);
                }
            }
            until(() -> held.size() == 4);
            Future<Response> shop = ask(transport, registry, "/free", SHOP);
            until(() -> transport.waiting("localhost:" + registry.port()) == 297);

            // three tenants are before it
            for (int i = 0; i < 4 && !shop.isDone(); i++) {
                int before = registry.log().count();
                answerOne();
                until(() -> registry.log().count() > before);
            }
            assertThat(shop.get().body()).asString().isEqualTo("served");
            assertThat(registry.log().all().stream()
                            .map(LoggedRequest::path)
                            .toList()
                            .indexOf("/free"))
                    .isLessThanOrEqualTo(8);
        }
    }

    @Test
    @DisplayName("Attack 60: requests to very many hosts hold up no other tenant")
    @Tag("attack-60")
    void requestsToManyHostsAreSharedToo() throws Exception {
        Limits limits = Limits.of(Map.of(Limit.FETCHES_AT_ONCE, 16L, Limit.FETCHES_PER_HOST, 4L));
        try (TestRegistry registry = manyNames();
                VertxTransport transport = transport(registry, limits)) {
            registry.on("/held", held::add);
            registry.on("/free", request -> request.response().end("served"));
            for (int i = 0; i < 40; i++) {
                Future<Response> _ = ask(transport, "https://host-%d.test:%d/held".formatted(i, registry.port()), EVIL);
            }
            until(() -> held.size() == 8);

            assertThat(ask(transport, registry, "/free", SHOP).get().status()).isEqualTo(200);
            assertThat(held).hasSize(8);
        }
    }

    @Test
    @DisplayName("Attack 60: one tenant's requests to all registries have a limit of their own")
    @Tag("attack-60")
    void requestsOfOneTenantAreLimited() throws Exception {
        try (TestRegistry registry = manyNames();
                VertxTransport transport = transport(registry, Limits.of(Map.of(Limit.FETCHES_OF_NAMESPACE, 3L)))) {
            registry.on("/held", held::add);
            List<Future<Response>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(ask(transport, "https://host-%d.test:%d/held".formatted(i, registry.port()), EVIL));
            }
            int most = 0;
            for (int answered = 0; answered < answers.size(); answered++) {
                until(() -> !held.isEmpty());
                most = Math.max(most, held.size());
                answerOne();
            }
            for (Future<Response> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
            assertThat(most).isBetween(1, 3);
        }
    }

    @Test
    @DisplayName("Attack 60: whoever calls on very many hosts loses its own idle connections, and not another tenant's")
    @Tag("attack-60")
    void idleConnectionsAreBounded() throws Exception {
        try (TestRegistry registry = manyNames();
                VertxTransport transport = transport(registry, Limits.of(Map.of(Limit.OPEN_CONNECTIONS, 4L)))) {
            registry.on("/free", request -> request.response().end("served"));
            assertThat(ask(transport, registry, "/free", SHOP).get().status()).isEqualTo(200);
            for (int i = 0; i < 40; i++) {
                assertThat(ask(transport, "https://host-%d.test:%d/free".formatted(i, registry.port()), EVIL)
                                .get()
                                .status())
                        .isEqualTo(200);
            }
            assertThat(ask(transport, registry, "/free", SHOP).get().status()).isEqualTo(200);

            List<LoggedRequest> all = registry.log().all();
            assertThat(all.getLast().connection()).isEqualTo(all.getFirst().connection());
            until(() -> transport.openConnections() <= 4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsThatComeTogetherAreUnderWayTogether(boolean http1) throws Exception {
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Limits.defaults())) {
            registry.on("/held", held::add);
            List<Future<Response>> answers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                answers.add(ask(transport, registry, "/held", SHOP));
            }
            until(() -> held.size() == 12);
            while (!held.isEmpty()) {
                answerOne();
            }
            for (Future<Response> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
            assertThat(registry.log().connections()).isEqualTo(http1 ? 12 : 1);
        }
    }

    @Test
    void aPeerOfFewStreamsIsGivenMoreConnections() throws Exception {
        try (TestRegistry registry = TestRegistry.builder().streams(3).start();
                VertxTransport transport = transport(registry, Limits.defaults())) {
            registry.on("/held", held::add);
            List<Future<Response>> answers = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                answers.add(ask(transport, registry, "/held", SHOP));
            }
            until(() -> held.size() == 9);
            while (!held.isEmpty()) {
                answerOne();
            }
            for (Future<Response> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
        }
    }

    @Test
    @DisplayName("Attack 60: whoever gives up soon does not take the connection from those whom the peer answers")
    @Tag("attack-60")
    void aConnectionThatAnswersIsKeptWhenARequestRunsOutOfTime() throws Exception {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Limits.defaults())) {
            registry.on("/held", held::add);
            registry.on("/free", request -> request.response().end("served"));
            for (int i = 1; i <= 3; i++) {
                int number = i;
                Future<Response> evil = threads.submit(() -> transport.exchange(
                        get(registry.uri() + "/held"),
                        Deadline.in(Duration.ofMillis(300)).onBehalfOf(EVIL)));
                until(() -> held.size() == number);
                assertThat(ask(transport, registry, "/free", SHOP).get().status())
                        .isEqualTo(200);
                assertThat(codeOf(evil)).isEqualTo(Code.DEADLINE_EXCEEDED);
            }
            assertThat(registry.log().connections()).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatCannotBeConnectedToCostsOneAttempt() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        NetServer silent = vertx.createNetServer()
                .connectHandler(socket -> seen.incrementAndGet())
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        try (VertxTransport transport = new VertxTransport(
                vertx, settings(Map.of(), Limits.of(Map.of(Limit.CONNECT_MILLIS, 500L))), FairSharesIT::loopback)) {
            List<Future<Response>> answers = new ArrayList<>();
            for (String tenant : Collections.nCopies(12, SHOP)) {
                answers.add(ask(transport, "https://127.0.0.1:" + silent.actualPort() + "/v2/", tenant));
            }
            // those that came while the attempt was made
            assertThat(answers).allMatch(answer -> codeOf(answer) == Code.REGISTRY_UNREACHABLE);
            assertThat(seen.get()).isLessThanOrEqualTo(3);
        } finally {
            silent.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void nothingIsKeptOfHostsThatNobodyAsksAnyMore() throws Exception {
        try (TestRegistry registry = manyNames();
                VertxTransport transport = transport(registry, Limits.defaults())) {
            registry.on("/free", request -> request.response().end("served"));
            for (int i = 0; i < 10; i++) {
                assertThat(ask(transport, "https://host-%d.test:%d/free".formatted(i, registry.port()), EVIL)
                                .get()
                                .status())
                        .isEqualTo(200);
            }
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    private void answerOne() {
        HttpServerRequest next = held.poll();
        if (next != null) {
            next.response().end("served");
        }
    }

    private Future<Response> ask(VertxTransport transport, TestRegistry registry, String path, String tenant) {
        return ask(transport, registry.uri() + path, tenant);
    }

    private Future<Response> ask(VertxTransport transport, String uri, String tenant) {
        return threads.submit(() ->
                transport.exchange(get(uri), Deadline.in(Duration.ofSeconds(40)).onBehalfOf(tenant)));
    }

    private static Code codeOf(Future<Response> answer) {
        Failure failure = catchThrowableOfType(Failure.class, () -> {
            try {
                Response _ = answer.get();
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause();
            }
        });
        assertThat(failure).as("a failure").isNotNull();
        return failure.code();
    }

    private static Request get(String uri) {
        return new Request("GET", Address.of(uri), Map.of(), "", 100_000, Limit.MANIFEST_BYTES, Peer.NAMED, "the test");
    }

    private static TestRegistry registry(boolean http1) {
        TestRegistry.Builder builder = TestRegistry.builder();
        return (http1 ? builder.http1Only() : builder).start();
    }

    private static TestRegistry manyNames() {
        String[] names = new String[40];
        for (int i = 0; i < names.length; i++) {
            names[i] = "host-" + i + ".test";
        }
        return TestRegistry.builder().names(names).start();
    }

    /** Silence and the duration of a request are not what ends anything here. */
    private static VertxTransport transport(TestRegistry registry, Limits limits) {
        Map<String, String> authorities = new HashMap<>();
        authorities.put("localhost", registry.certificates().caPem());
        for (int i = 0; i < 40; i++) {
            authorities.put("host-" + i + ".test", registry.certificates().caPem());
        }
        Map<Limit, Long> patient = new HashMap<>();
        for (Limit limit : Limit.values()) {
            patient.put(limit, limits.get(limit));
        }
        patient.put(Limit.IDLE_MILLIS, 60_000L);
        patient.put(Limit.REQUEST_MILLIS, 60_000L);
        return new VertxTransport(vertx, settings(authorities, Limits.of(patient)), FairSharesIT::loopback);
    }

    private static TransportSettings settings(Map<String, String> authorities, Limits limits) {
        return new TransportSettings(authorities, Set.of(), List.of(Cidr.parse("127.0.0.0/8")), Set.of(), null, limits);
    }

    private static InetAddress[] loopback(String host) {
        return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
    }

    /** Waits for a condition that something else brings about; gives up after twenty seconds. */
    private static void until(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - giveUp).as("still waiting").isNegative();
            Thread.onSpinWait();
        }
    }
}
