package dev.landwaiter.fetch;

/** Is told how a tier answered, for metrics. Called on the asking thread, also on the hot path; must not throw or wait. */
public interface TierListener {
    /** Tells nobody. */
    TierListener NONE = new TierListener() {};

    /** It knew, a failure included. */
    default void hit() {}

    /** It asked the next tier. */
    default void miss() {}

    /** It asked the registry whether a tag still names what it did, and it does. */
    default void revalidated() {}

    /** It waited for an answer that somebody else had asked for. */
    default void joined() {}

    /** It answered what a tag named last, because the registry could not be asked whether it still does; besides how it came by the answer. */
    default void unconfirmed() {}
}
