package dev.landwaiter.registry;

/** Hosts as references and settings write them, made comparable. */
final class Hosts {
    private Hosts() {}

    /** {@code localhost:5000} becomes {@code localhost}, {@code [::1]:5000} becomes {@code [::1]}. */
    static String withoutPort(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return colon > hostAndPort.lastIndexOf(']') ? hostAndPort.substring(0, colon) : hostAndPort;
    }
}
