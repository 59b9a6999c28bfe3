package dev.landwaiter.fetch;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;

/** What is kept. Times are of the fetcher's clock, in nanoseconds. */
sealed interface MemoryEntry {
    /** What a tag names, believed until then. */
    record Names(Digest digest, long until) implements MemoryEntry {}

    record Known(Image image) implements MemoryEntry {}

    record Told(ImageDetails details) implements MemoryEntry {}

    record Failed(Failure failure, long until) implements MemoryEntry {}
}
