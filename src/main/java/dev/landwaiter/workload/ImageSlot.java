package dev.landwaiter.workload;

import dev.landwaiter.patch.JsonPointer;

/**
 * A place of an object that names an image.
 *
 * @param kind of place
 * @param index within its list
 * @param name of the container or volume, unique within its kind in an object that the API server admits
 * @param reference as written
 * @param spec the pointer to the pod spec that it stands in
 */
public record ImageSlot(Kind kind, int index, String name, String reference, JsonPointer spec) {
    /** The fields of a pod spec that bear images: one row for each. */
    public enum Kind {
        CONTAINER("containers", "image"),
        INIT_CONTAINER("initContainers", "image"),
        EPHEMERAL_CONTAINER("ephemeralContainers", "image"),
        IMAGE_VOLUME("volumes", "image.reference");

        private final String list;
        private final String field;

        Kind(String list, String field) {
            this.list = list;
            this.field = field;
        }

        /** The list in the pod spec. */
        public String list() {
            return list;
        }

        /** The field of an entry, its parts joined by dots. */
        public String field() {
            return field;
        }
    }

    /** Names the slot across versions of one object, by name and not by position: {@code containers/api}. */
    public String key() {
        return kind.list + "/" + name;
    }

    /** Where the reference stands. */
    public JsonPointer pointer() {
        JsonPointer entry = spec.child(kind.list).child(index);
        return new JsonPointer(entry.text() + "/" + kind.field.replace('.', '/'));
    }

    /** Where it stands, as Kubernetes' own messages say it: {@code spec.containers[0].image}. */
    public String path() {
        String where = spec.text().substring(1).replace('/', '.');
        return where + "." + kind.list + "[" + index + "]." + kind.field;
    }
}
