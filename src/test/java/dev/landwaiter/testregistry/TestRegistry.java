package dev.landwaiter.testregistry;

import dev.landwaiter.image.MediaType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OCI registry on 127.0.0.1: manifests, blobs and, unless switched off, the referrers API, over TLS (HTTP/2 and HTTP/1.1) with an
 * authority of its own. It can want Basic credentials or Bearer tokens, keep repositories private, delay every answer, and let a test
 * answer a path itself.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md">OCI distribution specification</a>
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">token authentication</a>
 */
public final class TestRegistry implements AutoCloseable {
    private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");
    private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/([^/]+)");
    private static final Pattern REFERRERS = Pattern.compile("/v2/(.+)/referrers/([^/]+)");

    private final Vertx vertx = Vertx.vertx();
    private final RegistryContent content = new RegistryContent();
    private final RequestLog log = new RequestLog();
    private final AccessControl access;
    private final Map<String, Consumer<HttpServerRequest>> hooks = new ConcurrentHashMap<>();
    private final Builder setup;
    private final HttpServer server;
    private final TestImages images;
    private final TokenEndpoint tokens;
    private volatile Duration latency;
    private volatile String realm;

    private TestRegistry(Builder setup) {
        this.setup = setup;
        this.access = setup.access;
        this.latency = setup.latency;
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(setup.port)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(setup.streams));
        if (!setup.plainHttp) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(
                            setup.http1Only
                                    ? List.of(HttpVersion.HTTP_1_1)
                                    : List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .addCertValue(Buffer.buffer(setup.certificates.certificatePem()))
                            .addKeyValue(Buffer.buffer(setup.certificates.keyPem())));
            if (OpenSSLEngineOptions.isAvailable()) {
                options.setSslEngineOptions(new OpenSSLEngineOptions());
            }
        }
        this.server = await(
                vertx.createHttpServer(options).requestHandler(this::receive).listen());
        this.realm = setup.realm.isEmpty() ? uri() + "/token" : setup.realm;
        this.tokens = new TokenEndpoint(access, setup.tokenLife);
        this.images = new TestImages(content, host(), setup.referrersApi);
    }

    /** One with TLS, the referrers API, and everything public, unless told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /** What {@link #builder} makes by default. */
    public static TestRegistry start() {
        return builder().start();
    }

    public int port() {
        return server.actualPort();
    }

    /** {@code localhost:<port>}, as a reference names it. */
    public String host() {
        return "localhost:" + port();
    }

    /** {@code https://localhost:<port>}. */
    public String uri() {
        return (setup.plainHttp ? "http://" : "https://") + host();
    }

    public TestCertificates certificates() {
        return setup.certificates;
    }

    public RegistryContent content() {
        return content;
    }

    public TestImages images() {
        return images;
    }

    public CosignSigner signer() {
        return new CosignSigner(content, images);
    }

    public RequestLog log() {
        return log;
    }

    /** Delays every answer from now on. */
    public void latency(Duration of) {
        latency = of;
    }

    /** Names another token server in challenges from now on. */
    public void realm(String uri) {
        realm = uri;
    }

    /** Forgets the tokens handed out so far. */
    public void revokeTokens() {
        access.revokeTokens();
    }

    /** Lets {@code answer} deal with every request for {@code path}, after the latency; an earlier one for it is replaced. */
    public void on(String path, Consumer<HttpServerRequest> answer) {
        hooks.put(path, answer);
    }

    /** Deals with {@code path} by itself again. */
    public void off(String path) {
        hooks.remove(path);
    }

    /** As the registry would answer without hooks: for one that only wants to meddle first. */
    public void proceed(HttpServerRequest request) {
        answer(request, Buffer.buffer());
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the test registry did not start or stop", e);
        }
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            int place = log.started(request.connection(), entry(request, body));
            request.response().headersEndHandler(done -> log.answered(place));
            Runnable respond = () -> {
                Consumer<HttpServerRequest> hook = hooks.get(path(request));
                if (hook == null) {
                    answer(request, body);
                } else {
                    hook.accept(request);
                }
            };
            if (latency.isZero()) {
                respond.run();
            } else {
                vertx.setTimer(latency.toMillis(), id -> respond.run());
            }
        });
    }

    private static UnaryOperator<LoggedRequest> entry(HttpServerRequest request, Buffer body) {
        return blank -> new LoggedRequest(
                request.method().name(),
                path(request),
                Optional.ofNullable(request.query()).orElse(""),
                request.authority() == null ? "" : request.authority().toString(),
                Optional.ofNullable(request.getHeader("authorization")).orElse(""),
                body.toString(),
                request.version().name(),
                blank.connection(),
                blank.started(),
                blank.answered());
    }

    private static String path(HttpServerRequest request) {
        return Optional.ofNullable(request.path()).orElse("");
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String path = path(request);
        if (path.equals("/token")) {
            tokens.answer(request, body);
            return;
        }
        Matcher manifest = MANIFEST.matcher(path);
        Matcher blob = BLOB.matcher(path);
        Matcher referrers = REFERRERS.matcher(path);
        if (path.equals("/v2/") && admitted(request, "")) {
            Answers.json(request, 200, "{}", "application/json");
        } else if (manifest.matches() && admitted(request, manifest.group(1))) {
            Answers.serve(request, content.manifest(manifest.group(1), manifest.group(2)), "MANIFEST_UNKNOWN");
        } else if (blob.matches() && admitted(request, blob.group(1))) {
            Answers.serve(request, content.blob(blob.group(1), blob.group(2)), "BLOB_UNKNOWN");
        } else if (setup.referrersApi && referrers.matches() && admitted(request, referrers.group(1))) {
            byte[] index = RegistryContent.index(content.referrers(referrers.group(1), referrers.group(2)));
            Answers.json(request, 200, new String(index, StandardCharsets.UTF_8), MediaType.OCI_INDEX);
        } else if (!request.response().ended()) {
            Answers.error(request, 404, "NOT_FOUND", "there is nothing at this path");
        }
    }

    /** Whether the request may read {@code repository}; has answered it where not. */
    private boolean admitted(HttpServerRequest request, String repository) {
        String authorization =
                Optional.ofNullable(request.getHeader("authorization")).orElse("");
        switch (access.check(setup.scheme, authorization, repository)) {
            case ALLOWED -> {
                return true;
            }
            case FORBIDDEN -> Answers.error(request, 403, "DENIED", "requested access to the resource is denied");
            case UNAUTHORIZED -> {
                request.response().putHeader("WWW-Authenticate", challenge(authorization, repository));
                Answers.error(request, 401, "UNAUTHORIZED", "authentication required");
            }
        }
        return false;
    }

    private String challenge(String authorization, String repository) {
        if (setup.scheme == AccessControl.Scheme.BASIC) {
            return "Basic realm=\"Registry Realm\"";
        }
        String scope = repository.isEmpty() ? "" : ",scope=\"repository:" + repository + ":pull\"";
        String error = authorization.isEmpty() ? "" : ",error=\"insufficient_scope\"";
        return "Bearer realm=\"" + realm + "\",service=\"" + host() + "\"" + scope + error;
    }

    /** What a registry is like. */
    public static final class Builder {
        private final AccessControl access = new AccessControl();
        private final List<String> names = new ArrayList<>();
        private TestCertificates certificates = new TestCertificates("", "", "");
        private AccessControl.Scheme scheme = AccessControl.Scheme.NONE;
        private boolean referrersApi = true;
        private boolean plainHttp;
        private boolean http1Only;
        private long streams = 100;
        private Duration latency = Duration.ZERO;
        private Duration tokenLife = Duration.ofMinutes(5);
        private String realm = "";
        private int port;

        private Builder() {}

        /** Without the referrers API: it answers 404, and what refers to something is found by its fallback tag. */
        public Builder withoutReferrersApi() {
            referrersApi = false;
            return this;
        }

        /** Wants Basic credentials for everything. */
        public Builder basicAuth() {
            scheme = AccessControl.Scheme.BASIC;
            return this;
        }

        /** Wants a Bearer token for everything; its own {@code /token} gives them out, to anyone for what is public. */
        public Builder bearerAuth() {
            scheme = AccessControl.Scheme.BEARER;
            return this;
        }

        /** The token server that challenges name, instead of its own. */
        public Builder realm(String uri) {
            realm = uri;
            return this;
        }

        /** How long tokens are said to live. */
        public Builder tokenLife(Duration of) {
            tokenLife = of;
            return this;
        }

        /** A user, whose refresh token is {@code refresh-<password>}. */
        public Builder user(String name, String password) {
            access.user(name, password);
            return this;
        }

        /** Only {@code users} may read {@code repository}. */
        public Builder privateRepository(String repository, String... users) {
            access.makePrivate(repository, Set.of(users));
            return this;
        }

        public Builder latency(Duration of) {
            latency = of;
            return this;
        }

        /** Names beside {@code localhost} and {@code 127.0.0.1} that its certificate is for. */
        public Builder names(String... more) {
            names.addAll(List.of(more));
            return this;
        }

        /** Serves with these instead of fresh ones. */
        public Builder certificates(TestCertificates of) {
            certificates = of;
            return this;
        }

        public Builder plainHttp() {
            plainHttp = true;
            return this;
        }

        /** Offers HTTP/1.1 alone. */
        public Builder http1Only() {
            http1Only = true;
            return this;
        }

        /** Takes so many requests at once on one HTTP/2 connection. */
        public Builder streams(long number) {
            streams = number;
            return this;
        }

        /** A fixed port instead of a free one: for a registry that comes back. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        public TestRegistry start() {
            if (certificates.certificatePem().isEmpty()) {
                certificates = TestCertificates.create(names.toArray(String[]::new));
            }
            return new TestRegistry(this);
        }
    }
}
