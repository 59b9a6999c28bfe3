package dev.landwaiter.admission;

/** Told of each decision after it is made. It must not block and must not throw. */
@FunctionalInterface
public interface DecisionListener {
    void decided(DecisionEvent event);
}
