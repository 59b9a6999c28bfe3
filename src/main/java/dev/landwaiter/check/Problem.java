package dev.landwaiter.check;

import dev.landwaiter.failure.Code;

/**
 * What is wrong with one image slot, as a denial tells it.
 *
 * @param path of the field: {@code spec.containers[0].image}
 * @param message what could not be done, where, why, and what to do next
 */
public record Problem(String path, Code code, String message) {
    /**
     * The HTTP status that a denial for {@code code} has: 403 where a policy refuses, 503 where it could not be checked, 500 where we failed.
     * Which of two problems comes first is read off the number, too: refusals outweigh what could not be checked.
     */
    public static int status(Code code) {
        return switch (code.fault()) {
            case USER -> 403;
            case INTERNAL -> 500;
            case DEPENDENCY, CAPACITY -> 503;
        };
    }
}
