package dev.landwaiter.server;

/** Who sent a request, as far as that was proved. */
public enum Caller {
    /** The API server. */
    API_SERVER,
    /** Whoever reaches the port: answered what anybody may know, without any credential. */
    ANYBODY
}
