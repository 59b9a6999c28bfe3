package dev.landwaiter.server;

import dev.landwaiter.limit.Shares;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;

/** The turn of one large body to be received. Until it comes its client is not listened to, which holds it up. Of one event loop alone. */
final class ReceivingTurn {
    private final CompletableFuture<Shares.Permit> permit;
    private boolean over;

    private ReceivingTurn(CompletableFuture<Shares.Permit> permit) {
        this.permit = permit;
    }

    /**
     * Asks for a turn on behalf of {@code remote}.
     *
     * @param came run on {@code loop} once {@code request} is listened to again
     * @param refused run on {@code loop} where too many wait already
     */
    static ReceivingTurn of(
            Shares receiving, String remote, HttpServerRequest request, Context loop, Runnable came, Runnable refused) {
        ReceivingTurn turn = new ReceivingTurn(receiving.request(remote, "a large request"));
        if (!turn.has()) {
            HttpServerRequest _ = request.pause();
            CompletableFuture<Shares.Permit> _ = turn.permit.whenComplete(
                    (_, failed) -> loop.runOnContext(_ -> turn.comes(request, failed == null ? came : refused)));
        }
        return turn;
    }

    private void comes(HttpServerRequest request, Runnable then) {
        if (!over) {
            HttpServerRequest _ = request.resume();
            then.run();
        }
    }

    /** Whether it has come. */
    boolean has() {
        return permit.isDone() && !permit.isCompletedExceptionally();
    }

    /** Leaves it to the next, or no longer waits for it. */
    void end() {
        over = true;
        if (!permit.cancel(false) && has()) {
            permit.join().close();
        }
    }
}
