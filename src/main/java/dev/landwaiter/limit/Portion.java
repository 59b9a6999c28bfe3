package dev.landwaiter.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much one image may use of something that can be counted: a part that is its own, and beyond it what all images of its object have in
 * common, up to a limit of its own. Safe for use by many threads.
 */
final class Portion {
    private final long own;
    private final long most;
    private final Pool common;
    private final AtomicLong used = new AtomicLong();

    Portion(long own, long most, Pool common) {
        this.own = Math.min(own, most);
        this.most = most;
        this.common = common;
    }

    /** Which bound was met. */
    enum Bound {
        NONE,
        /** Of the one image. */
        IMAGE,
        /** Of all images of the object together. */
        REVIEW
    }

    /** Uses {@code amount} more, and says which bound does not allow it. */
    Bound use(long amount) {
        long after = used.addAndGet(amount);
        if (after > most) {
            return Bound.IMAGE;
        }
        long beyond = after - Math.max(own, after - amount);
        return beyond <= 0 || common.take(beyond) ? Bound.NONE : Bound.REVIEW;
    }

    /** What all images of an object have in common. */
    static final class Pool {
        private final AtomicLong left;

        Pool(long left) {
            this.left = new AtomicLong(left);
        }

        private boolean take(long amount) {
            return left.getAndUpdate(now -> now >= amount ? now - amount : now) >= amount;
        }
    }
}
