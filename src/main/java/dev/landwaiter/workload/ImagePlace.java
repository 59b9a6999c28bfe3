package dev.landwaiter.workload;

/**
 * A field that bears an image, or the same field of every entry of a list.
 *
 * @param list whose entries have the field; {@code ""} for a field that is there once
 * @param field of an entry or, where there is no list, of the spec
 */
public record ImagePlace(String list, FieldPath field) {
    /** The field {@code field} of every entry of {@code list}, whose entries have names. */
    public static ImagePlace ofEach(String list, String field) {
        return new ImagePlace(list, FieldPath.of(field));
    }

    /** The one field {@code field}. */
    public static ImagePlace of(String field) {
        return new ImagePlace("", FieldPath.of(field));
    }

    boolean once() {
        return list.isEmpty();
    }
}
