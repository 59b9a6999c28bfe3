package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials.Stored;
import java.util.Set;

/**
 * Single objects of one kind, each read by its name alone, from the moment it is first asked for until nobody needs it any more. Nothing here
 * waits for the API server. For use by one thread.
 */
interface NamedObjects extends AutoCloseable {
    /** What the object holds now; the very same as before where nothing of it changed but what nobody reads, as annotations. */
    Stored find(String namespace, String name);

    /** Whether the API server has not said yet whether there is such an object. */
    boolean pending(String namespace, String name);

    /** Lets go of all that is not among {@code needed}. */
    void keep(Set<String> needed);

    @Override
    default void close() {
        keep(Set.of());
    }
}
