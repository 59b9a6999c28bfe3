package dev.landwaiter.fetch;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import org.jspecify.annotations.Nullable;

/** What is kept. Times are of the fetcher's clock, in nanoseconds. */
sealed interface MemoryEntry {
    /**
     * What a tag names.
     *
     * @param until when the registry is to be asked again
     * @param confirmed when the registry said so last
     * @param doubt why it could not be asked since then; null where it could
     */
    record Names(
            Digest digest,
            long until,
            long confirmed,
            @Nullable Doubt doubt) implements MemoryEntry {
        /** The same, which could not be confirmed for {@code why}, to be asked again at {@code then}. */
        Names doubted(Doubt why, long then) {
            return new Names(digest, then, confirmed, why);
        }

        /** The same, to be asked again at {@code then}. */
        Names askedAgain(long then) {
            return new Names(digest, then, confirmed, doubt);
        }
    }

    /**
     * Why a tag could not be confirmed.
     *
     * @param tenant on whose behalf that was tried
     */
    record Doubt(Failure why, String tenant) {
        /** Whether it is a reason for {@code other} too, and not only a lack of room of the tenant's own. */
        boolean concerns(String other) {
            return why.code() != Code.OVERLOADED || tenant.equals(other);
        }
    }

    record Known(Image image) implements MemoryEntry {}

    record Told(ImageDetails details) implements MemoryEntry {}

    record Failed(Failure failure, long until) implements MemoryEntry {}
}
