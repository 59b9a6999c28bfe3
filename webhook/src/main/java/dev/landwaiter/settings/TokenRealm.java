package dev.landwaiter.settings;

/**
 * A host that may be asked for a registry's tokens although it is on a private network.
 *
 * @param registry {@code host[:port]}
 * @param host {@code host[:port]} of the token server
 */
public record TokenRealm(String registry, String host) {}
