package dev.landwaiter.settings;

import java.nio.file.Path;

/**
 * A file that is for one registry.
 *
 * @param registry {@code host[:port]}
 */
public record RegistryFile(String registry, Path file) {}
