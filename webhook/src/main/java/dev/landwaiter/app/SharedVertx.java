package dev.landwaiter.app;

import dev.landwaiter.server.Gate;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The one {@code Vertx} of this process: registries are asked and requests are served on its event loops. */
final class SharedVertx implements AutoCloseable {
    private final Gate gate = new Gate();
    private final Vertx vertx;

    SharedVertx(Settings settings) {
        this.vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(eventLoops(settings)))
                .withTransport(gate.transport())
                .build();
    }

    /** How many threads serve connections: as many as there are processors, where nothing else is asked for. */
    static int eventLoops(Settings settings) {
        int asked = settings.get(SettingRows.EVENT_LOOPS);
        return asked > 0 ? asked : Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    Vertx vertx() {
        return vertx;
    }

    /** What the connections to the servers of {@link #vertx()} pass. */
    Gate gate() {
        return gate;
    }

    @Override
    public void close() {
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            // the process is about to end, and takes along what did not close in time
            return;
        }
    }
}
