package dev.landwaiter.transport;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;

/** What is done, and told, where the body of {@code exchange} ends before its end. */
record EarlyEnd(
        StreamedExchange exchange,
        TargetCheck.Checked to,
        Deadline deadline,
        TransportFailures failures,
        Discretion discretion)
        implements StreamedBody.Ending {
    @Override
    public Failure waitedInVain(boolean silent) {
        String what = exchange.request().what();
        Failure failure = silent ? failures.silentStream(what, to.target()) : failures.slowStream(what, to.target());
        // first of all: what follows makes the exchange fail for a reason that is not the true one
        exchange.pieces().fail(failure);
        // the connection stays: other streams on it may be flowing, and a head that never comes retires it
        exchange.cut();
        return told(failure);
    }

    @Override
    public Failure interrupted() {
        exchange.cancel();
        return deadline.exceeded(exchange.request().what());
    }

    @Override
    public Failure told(Throwable thrown) {
        String what = exchange.request().what();
        return discretion.told(failures.of(thrown, what, to.target()), what, to.target(), to.addresses(), deadline);
    }

    @Override
    public void cancelled() {
        exchange.cancel();
    }
}
