package dev.landwaiter.server;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.settings.HostPort;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health and metrics over plain HTTP, for the kubelet and Prometheus: {@code GET /healthz}, {@code /readyz}, {@code /metrics}. */
public final class ManagementServer {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    /** Prometheus' text exposition format. */
    private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

    private static final int IDLE_SECONDS = 60;

    private final Vertx vertx;
    private final HostPort listen;
    private final BooleanSupplier alive;
    private final Readiness readiness;
    private final Supplier<String> metrics;
    private final HttpServer server;

    /**
     * One that is not yet listening.
     *
     * @param alive whether the process can go on, or should be started anew
     * @param metrics renders them all; it may take its time
     */
    public ManagementServer(
            Vertx vertx, HostPort listen, BooleanSupplier alive, Readiness readiness, Supplier<String> metrics) {
        this.vertx = vertx;
        this.listen = listen;
        this.alive = alive;
        this.readiness = readiness;
        this.metrics = metrics;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setIdleTimeout(IDLE_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setHttp2ClearTextEnabled(false))
                .requestHandler(handler());
    }

    /**
     * Listens and serves until {@link #stop()}; blocks until it does.
     *
     * @return where, with the port that was chosen where port 0 was asked for
     * @throws Failure {@code SETTING_INVALID} where the address cannot be listened on
     */
    public HostPort start() {
        try {
            server.listen(listen.port(), listen.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not listen on %s: %s. Free the port, or choose another by --management-listen."
                            .formatted(listen, cause.getMessage()),
                    cause);
        }
        HostPort listening = new HostPort(listen.host(), server.actualPort());
        LOG.info("Health and metrics on http://{}", listening);
        return listening;
    }

    /** Stops at once; blocks until it has. */
    public void stop() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }

    /** What is served, by path. */
    private Map<String, Handler<RoutingContext>> routes() {
        Map<String, Handler<RoutingContext>> routes = new LinkedHashMap<>();
        routes.put("/healthz", this::healthz);
        routes.put("/readyz", this::readyz);
        routes.put("/metrics", this::metrics);
        return routes;
    }

    /** All but what a router answers in words of its own. */
    private Handler<HttpServerRequest> handler() {
        Map<String, Handler<RoutingContext>> routes = routes();
        String known = "There are %s here.\n".formatted(listed(List.copyOf(routes.keySet())));
        Router router = router(routes, known);
        return request -> {
            if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
                request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
                answer(request, 405, TEXT, "Only GET and HEAD are served here.\n");
            } else if (!routable(String.valueOf(request.path()))) {
                answer(request, 404, TEXT, known);
            } else {
                router.handle(request);
            }
        };
    }

    /** For a path without a slash at its front, or one that it cannot decode, a router writes an error to the log; no path here is escaped. */
    private static boolean routable(String path) {
        return path.startsWith("/") && !path.contains("%");
    }

    private Router router(Map<String, Handler<RoutingContext>> routes, String known) {
        Router router = Router.router(vertx);
        routes.forEach((path, handler) -> {
            Object _ = router.route(path).handler(context -> {
                // a router also takes other spellings of a path
                if (path.equals(context.request().path())) {
                    handler.handle(context);
                } else {
                    context.next();
                }
            });
        });
        Object _ = router.route().handler(context -> answer(context.request(), 404, TEXT, known));
        return router;
    }

    private static String listed(List<String> paths) {
        int last = paths.size() - 1;
        return String.join(", ", paths.subList(0, last)) + " and " + paths.get(last);
    }

    private void healthz(RoutingContext context) {
        boolean good = alive.getAsBoolean();
        answer(context.request(), good ? 200 : 503, TEXT, good ? "ok\n" : "an event loop is stuck\n");
    }

    private void readyz(RoutingContext context) {
        Readiness.Report report = readiness.report();
        int status = report.ready() ? 200 : 503;
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        if (accept != null && accept.contains("application/json")) {
            answer(context.request(), status, "application/json", report.json());
        } else {
            answer(context.request(), status, TEXT, report.text());
        }
    }

    private void metrics(RoutingContext context) {
        Object _ = vertx.executeBlocking(metrics::get, false)
                .onSuccess(text -> answer(context.request(), 200, EXPOSITION, text))
                .onFailure(thrown -> {
                    LOG.error("Metrics could not be rendered", thrown);
                    answer(context.request(), 500, TEXT, "Metrics could not be rendered; the log says why.\n");
                });
    }

    private static void answer(HttpServerRequest request, int status, String type, String text) {
        if (!request.response().closed()) {
            Object _ = request.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .end(text);
        }
    }
}
