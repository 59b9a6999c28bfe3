package dev.landwaiter.workload;

import dev.landwaiter.patch.JsonPointer;

/**
 * A place of an object that names an image. It says where the reference is read; whether a digest is written there is the plan's business.
 *
 * @param place in the spec
 * @param index within the place's list; 0 where it has none
 * @param name of the container or volume, unique within its place in an object that the API server admits; {@code ""} where the place has no
 *     list
 * @param reference as written
 * @param spec that it stands in
 */
public record ImageSlot(ImagePlace place, int index, String name, String reference, FieldPath spec) {
    /** Names the slot across versions of one object, by name and not by position: {@code containers/api}. */
    public String key() {
        return place.once() ? place.field().text() : place.list() + "/" + name;
    }

    /** Where the reference stands. */
    public JsonPointer pointer() {
        if (place.once()) {
            return new JsonPointer(spec.pointer() + place.field().pointer());
        }
        return new JsonPointer(spec.pointer() + "/" + place.list() + "/" + index
                + place.field().pointer());
    }

    /** Where it stands, as Kubernetes' own messages say it: {@code spec.containers[0].image}. */
    public String path() {
        if (place.once()) {
            return spec.then(place.field().text());
        }
        return spec.text() + "." + place.list() + "[" + index + "]."
                + place.field().text();
    }
}
