package dev.landwaiter.migrate;

/**
 * What an import could not say the same way.
 *
 * @param file as it was given
 * @param document of the file, from 1; 0 where it is about no single object
 * @param object {@code ClusterImagePolicy "signed"}, {@code ""} where it is about the whole file
 * @param path of the field in the object that was read: {@code spec.images[0].glob}, {@code ""} where it is about the whole object
 * @param message what of it was not taken, and what follows
 */
public record Note(String file, int document, String object, String path, Effect effect, String message) {
    /** What a difference makes of the object that was written. None makes it looser. */
    public enum Effect {
        /** Nothing was written for the object. */
        REFUSED,
        /** It refuses more than what was read. */
        STRICTER,
        /** It decides the same, as long as the advice is followed. */
        SAME
    }
}
