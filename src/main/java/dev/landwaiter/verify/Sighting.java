package dev.landwaiter.verify;

import dev.landwaiter.sigstore.Stated;
import org.jspecify.annotations.Nullable;

/** One thing found beside an image that is, or is meant as, a signature or attestation. None of it was verified. */
public sealed interface Sighting {
    /** Where it was found: {@code tag sha256-….sig}. */
    String where();

    /**
     * It is about the image, and can be read.
     *
     * @param predicateType what it attests; null for a signature
     * @param stated who is said to have made it, when and where it is logged
     */
    record Found(
            String where, Evidence.Format format, @Nullable String predicateType, Stated stated) implements Sighting {}

    /** It is about something else, or can't be read; {@code why} completes 'it …'. */
    record Other(String where, String why) implements Sighting {}
}
