package dev.landwaiter.registry;

import dev.landwaiter.failure.Code;
import java.time.Duration;

/** Is told of every request to a registry or token server, for metrics. Called on the requesting thread; must not throw or wait. */
public interface RegistryListener {
    /** Tells nobody. */
    RegistryListener NONE = new RegistryListener() {
        @Override
        public void answered(String host, String method, int status, Duration took) {}

        @Override
        public void failed(String host, String method, Code code, Duration took) {}
    };

    /**
     * A whole answer came.
     *
     * @param host {@code host} or {@code host:port}
     * @param status of HTTP, whatever it means
     */
    void answered(String host, String method, int status, Duration took);

    /** No answer came, or one that was cut off. */
    void failed(String host, String method, Code code, Duration took);
}
