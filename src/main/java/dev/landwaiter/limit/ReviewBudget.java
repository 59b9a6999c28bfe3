package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What looking up the images of one object may cost, and how they share it. Each image has as much as an ordinary one needs, whatever the
 * others do; what is left of the object's budget is for those that need more, and no image may use more of it than its own limit allows. So
 * one image of a Pod can take nothing away from the others that they need.
 */
public final class ReviewBudget {
    private final Limits limits;
    private final int images;
    private final LongSupplier nanoClock;
    private final Portion.Pool requests;
    private final Portion.Pool bytes;
    private final Set<String> registries = new HashSet<>();
    private final Set<String> others = new HashSet<>();

    /** @param images how many are looked up */
    public ReviewBudget(Limits limits, int images) {
        this(limits, images, System::nanoTime);
    }

    /** As above, with requests timed by {@code nanoClock}, which counts like {@link System#nanoTime}. */
    ReviewBudget(Limits limits, int images, LongSupplier nanoClock) {
        this.limits = limits;
        this.images = images;
        this.nanoClock = nanoClock;
        this.requests = pool(Limit.REVIEW_REQUESTS, Limit.ORDINARY_REQUESTS, images);
        this.bytes = pool(Limit.REVIEW_DOWNLOAD_BYTES, Limit.ORDINARY_DOWNLOAD_BYTES, images);
    }

    private Portion.Pool pool(Limit whole, Limit ordinary, int images) {
        return new Portion.Pool(Math.max(0, limits.get(whole) - limits.get(ordinary) * images));
    }

    /** The budget of work that looks up one image and no object: what the command line does, bounded as the webhook is. */
    public static Budget ofOneImage(Limits limits, String host, String what) {
        return new ReviewBudget(limits, 1).image(host, what).budget();
    }

    /**
     * The budget of one image. Called for each in the order in which the object has them, so that which of them are of one registry too
     * many does not depend on whose look-up is faster.
     *
     * @param host of its registry
     * @param what is looked up, for messages: {@code ghcr.io/acme/api:1}
     */
    public synchronized Given image(String host, String what) {
        Budget budget = new Budget(new Allowance(), new Ledger(null), what, nanoClock);
        if (!registries.contains(host) && registries.size() >= limits.get(Limit.REVIEW_REGISTRIES)) {
            return new Given(
                    budget,
                    exceeded(
                            "look up " + what,
                            "the images of this object are of more registries than",
                            Limit.REVIEW_REGISTRIES,
                            "Use fewer registries, or raise"));
        }
        registries.add(host);
        return new Given(budget, null);
    }

    /**
     * What one image may cost.
     *
     * @param refusal {@code BUDGET_EXCEEDED} where the images before it are of as many registries as may be asked, so that it must not be
     *     looked up; null where it may
     */
    public record Given(Budget budget, @Nullable Failure refusal) {}

    private Failure exceeded(String what, String why, Limit limit, String next) {
        return new Failure(
                Code.BUDGET_EXCEEDED,
                "Could not %s: %s the limit '%s' of %d %s allows. %s the setting --limit %s=…."
                        .formatted(what, why, limit.text(), limits.get(limit), limit.unit(), next, limit.text()));
    }

    /** What one image may use. */
    final class Allowance {
        private final Portion ofRequests =
                new Portion(limits.get(Limit.ORDINARY_REQUESTS), limits.get(Limit.IMAGE_REQUESTS), requests);
        private final Portion ofBytes =
                new Portion(limits.get(Limit.ORDINARY_DOWNLOAD_BYTES), limits.get(Limit.IMAGE_DOWNLOAD_BYTES), bytes);

        private final Semaphore atOnce = new Semaphore(limits.count(Limit.IMAGE_REQUESTS_AT_ONCE), true);

        /** Waits until few enough requests of this image are under way. */
        void enter(Deadline deadline, String what) {
            try {
                if (!atOnce.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                    throw deadline.exceeded(what);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw deadline.exceeded(what);
            }
        }

        void leave() {
            atOnce.release();
        }

        /** Whether the object has more images than are looked up at once, so that one of them may not have had its turn. */
        boolean manyImages() {
            return images > limits.get(Limit.IMAGES_AT_ONCE);
        }

        long ordinaryRequests() {
            return limits.get(Limit.ORDINARY_REQUESTS);
        }

        long ordinaryBytes() {
            return limits.get(Limit.ORDINARY_DOWNLOAD_BYTES);
        }

        /** Uses one request to {@code host}. */
        void request(String host, String what) {
            checkHost(host, what);
            check(ofRequests.use(1), Limit.IMAGE_REQUESTS, Limit.REVIEW_REQUESTS, "requests", what);
        }

        /** Uses {@code amount} bytes of an answer. */
        void bytes(long amount, String what) {
            check(ofBytes.use(amount), Limit.IMAGE_DOWNLOAD_BYTES, Limit.REVIEW_DOWNLOAD_BYTES, "bytes", what);
        }

        private void check(Portion.Bound bound, Limit ofImage, Limit ofReview, String unit, String what) {
            switch (bound) {
                case NONE -> {}
                case IMAGE ->
                    throw exceeded(
                            "fetch " + what,
                            "checking this image takes more %s than".formatted(unit),
                            ofImage,
                            "Remove what lies beside the image and is no signature of it, or, if images are meant to need so much, raise");
                case REVIEW ->
                    throw exceeded(
                            "fetch " + what,
                            "checking the images of this object takes more %s than".formatted(unit),
                            ofReview,
                            "Remove what lies beside the images and is no signature of them, or, if objects are meant to need so much, raise");
            }
        }

        private void checkHost(String host, String what) {
            synchronized (ReviewBudget.this) {
                if (registries.contains(host) || others.contains(host)) {
                    return;
                }
                if (others.size() >= limits.get(Limit.REVIEW_REGISTRIES)) {
                    throw exceeded(
                            "fetch " + what,
                            "the registries of this object's images refer to more hosts than",
                            Limit.REVIEW_REGISTRIES,
                            "Use fewer registries, or raise");
                }
                others.add(host);
            }
        }
    }
}
