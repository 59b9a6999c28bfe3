package dev.landwaiter.verify;

import static dev.landwaiter.limit.JsonShape.Leaf.ANYTHING;
import static dev.landwaiter.limit.JsonShape.Leaf.TEXT;

import dev.landwaiter.limit.JsonShape;
import dev.landwaiter.limit.JsonShape.Items;
import dev.landwaiter.limit.JsonShape.Named;

/**
 * What says in a signed payload of which image it speaks, and how. Go programs write and read these too, and do not mind how a key is spelled: a
 * payload that names one image to them and another to us is not a signature of either.
 */
final class ClaimShapes {
    private static final JsonShape CRITICAL = JsonShape.object()
            .keeps(TEXT, "type")
            .keeps(JsonShape.object().keeps(TEXT, "docker-manifest-digest").build(), "image")
            .checks(JsonShape.object().checks(TEXT, "docker-reference").build(), "identity")
            .build();

    /** A payload of cosign's old form. */
    static final JsonShape.Known SIMPLE_SIGNING = JsonShape.object()
            .keeps(CRITICAL, "critical")
            .checks(ANYTHING, "optional")
            .build();

    private static final JsonShape SUBJECT = JsonShape.object()
            .keeps(new Named(TEXT), "digest")
            .checks(TEXT, "name", "uri", "content", "downloadLocation", "mediaType")
            .checks(ANYTHING, "annotations")
            .build();

    /** An in-toto statement, without its predicate, which may be large and is looked at only where a policy has a condition on it. */
    static final JsonShape.Known STATEMENT = JsonShape.object()
            .keeps(TEXT, "_type", "predicateType")
            .keeps(new Items(SUBJECT), "subject")
            .checks(ANYTHING, "predicate")
            .build();

    private ClaimShapes() {}
}
