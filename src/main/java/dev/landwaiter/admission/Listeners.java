package dev.landwaiter.admission;

import dev.landwaiter.failure.FatalError;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All who are told of decisions, as one. What one of them throws is logged and changes nothing: the decision stands, and the others are told. */
final class Listeners implements DecisionListener {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<DecisionListener> listeners;

    Listeners(List<DecisionListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void decided(DecisionEvent event) {
        for (DecisionListener listener : listeners) {
            try {
                listener.decided(event);
            } catch (RuntimeException | Error e) {
                FatalError.find(e).ifPresent(error -> {
                    throw error;
                });
                LOG.error(
                        "{} failed on the decision on request {}; the decision stands",
                        listener.getClass().getSimpleName(),
                        event.request().uid(),
                        e);
            }
        }
    }
}
