package dev.landwaiter.server;

import dev.landwaiter.settings.HostPort;
import java.util.Map;

/**
 * One port that HTTPS is served at: what, to whom, and within which bounds. Several may be served beside one another.
 *
 * @param name of it, in metrics: {@code admission}
 * @param listen where
 * @param flag by which an admin chooses where, for messages
 * @param routes by path
 * @param callers who counts as the API server
 */
public record Listener(
        String name, HostPort listen, String flag, Map<String, Route> routes, CallerRule callers, Budgets budgets) {
    public Listener {
        routes = Map.copyOf(routes);
    }
}
