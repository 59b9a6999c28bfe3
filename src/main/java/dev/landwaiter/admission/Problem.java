package dev.landwaiter.admission;

import dev.landwaiter.failure.Code;

/**
 * What is wrong with one image slot, as a denial tells it.
 *
 * @param path of the field: {@code spec.containers[0].image}
 * @param message what could not be done, where, why, and what to do next
 */
public record Problem(String path, Code code, String message) {}
