package dev.landwaiter.lint;

/**
 * One thing that is wrong.
 *
 * @param file as it was given
 * @param document of the file, from 1; 0 where it is about the whole file
 * @param object {@code ClusterImagePolicy "signed"}, {@code ""} where it is about the whole file
 * @param path of the field: {@code spec.images[0].glob}, {@code ""} where it is about the whole object
 * @param message what it does, in a sentence or two
 * @param instead what to write in place of the field, as it would stand in the file; {@code ""} where there is nothing to paste
 */
public record LintFinding(
        String file, int document, String object, String path, LintCode code, String message, String instead) {
    public Severity severity() {
        return code.severity();
    }
}
