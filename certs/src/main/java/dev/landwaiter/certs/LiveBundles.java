package dev.landwaiter.certs;

import java.util.List;

/** Whom the API server trusts when it calls us, as it stands in the cluster now. Safe for use by many threads. */
@FunctionalInterface
public interface LiveBundles {
    /** What is known of it now. Never waits. */
    Known now();

    /** What is known. */
    sealed interface Known {
        /** Every place, as read last; none where nobody is told to call us. */
        record Places(List<TrustPlace> all) implements Known {
            public Places {
                all = List.copyOf(all);
            }
        }

        /** The API server has not answered yet. */
        record Pending() implements Known {}

        /** It cannot be read, as {@code why} says. */
        record Unreadable(String why) implements Known {}
    }
}
