package dev.landwaiter.verify;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;

/**
 * How many bytes of signatures and attestations may be read of one image. What states to be something else than what is asked for has a room
 * of its own, a quarter as large: bills of materials never crowd out the signature. Safe for use by many threads.
 */
final class ReadingRoom {
    private static final int SHARE_OF_OTHERS = 4;

    private final long each;
    private final long most;
    private long likely;
    private long others;

    ReadingRoom(Limits limits) {
        this.each = limits.get(Limit.SIGNATURE_BYTES);
        this.most = limits.get(Limit.SIGNATURES_BYTES);
    }

    /** Takes room for {@code size} bytes, where there is enough left; {@code likely} if they may be what is asked for. */
    synchronized boolean take(long size, boolean likely) {
        if (size > each) {
            // whoever fetches it refuses it by its own limit, before a byte is read
            return likely;
        }
        if (likely ? this.likely + size > most : others + size > most / SHARE_OF_OTHERS) {
            return false;
        }
        if (likely) {
            this.likely += size;
        } else {
            others += size;
        }
        return true;
    }

    /** In bytes. */
    synchronized long taken() {
        return likely + others;
    }
}
