package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What looking up one image may cost in requests and bytes, and what it has cost. It goes along with the {@link Deadline} to everything that
 * waits; whoever sends a request takes it from here.
 *
 * <p>It also tells, once the time has run out, who used it up: a registry that is slow, which is nobody's fault here, or the image's own
 * content, which its owner can make as long as they like. Safe for use by many threads.
 */
public final class Budget {
    /** Of work that nobody bounds: our own. */
    public static final Budget UNBOUNDED = new Budget(null, new Ledger(null), "", System::nanoTime);

    /** A request is slow that takes longer than this part of the whole time: an ordinary image needs about so many, one after the other. */
    private static final int SLOW = 4;

    private final ReviewBudget.@Nullable Allowance allowance;
    private final Ledger ledger;
    private final String what;
    private final LongSupplier nanoClock;
    private volatile long time;

    Budget(ReviewBudget.@Nullable Allowance allowance, Ledger ledger, String what, LongSupplier nanoClock) {
        this.allowance = allowance;
        this.ledger = ledger;
        this.what = what;
        this.nanoClock = nanoClock;
    }

    /** Begins the look-up, which may take until {@code deadline}. */
    public void begin(Deadline deadline) {
        if (allowance != null) {
            time = deadline.remaining().toNanos();
        }
    }

    /** A part of this one, which spends from the whole and knows by itself what it cost: for work that others may wait for. */
    Budget part() {
        return allowance == null ? this : new Budget(allowance, new Ledger(ledger), what, nanoClock);
    }

    /** The work of this part has ended. */
    void end() {
        ledger.end();
    }

    /** Notes that this one's work waits for what is done on {@code other}'s account: as that goes, so does this. */
    void join(Budget other) {
        if (allowance != null && other.allowance != null && allowance != other.allowance) {
            ledger.join(other.ledger);
        }
    }

    /**
     * Takes one request out of the budget, as soon as few enough others of the same image are under way.
     *
     * @param host that it is sent to
     * @param asked for, for messages: {@code manifest of ghcr.io/acme/api:1}
     * @param deadline for waiting
     * @throws Failure {@code BUDGET_EXCEEDED} where there is none left; {@code DEADLINE_EXCEEDED}
     */
    public RegistryCall request(String host, String asked, Deadline deadline) {
        ReviewBudget.Allowance from = allowance;
        if (from == null) {
            return RegistryCall.UNBOUNDED;
        }
        from.enter(deadline, asked);
        try {
            from.request(host, asked);
            return RegistryCall.begin(
                    ledger, new RegistryCall.Account(bytes -> from.bytes(bytes, asked), from::leave), nanoClock);
        } catch (Failure e) {
            from.leave();
            throw e;
        }
    }

    /**
     * What {@code failure} of the look-up means, now that it is known what that has cost. What the image's own content brought about (so many
     * requests or bytes that the time ran out, or that its registry limits their rate) is a {@code BUDGET_EXCEEDED}, which refuses; where
     * we had no room to look it up in time, an {@code OVERLOADED}; everything else stays what it is.
     */
    public Failure blamed(Failure failure) {
        ReviewBudget.Allowance of = allowance;
        if (of == null) {
            return failure;
        }
        Ledger.Cost cost = ledger.cost();
        return switch (failure.code()) {
            case DEADLINE_EXCEEDED -> outOfTime(failure, cost, of);
            case OVERLOADED ->
                extraordinary(cost, of) ? tooMuch("there was no room for it in time, after", cost, of) : failure;
            case REGISTRY_RATE_LIMITED ->
                cost.requests() > of.ordinaryRequests()
                        ? tooMuch("its registry limits the rate of requests, after", cost, of)
                        : failure;
            case REGISTRY_TIMEOUT ->
                cost.bytes() > of.ordinaryBytes()
                        ? tooMuch("its registry's answers took too long, after", cost, of)
                        : failure;
            default -> failure;
        };
    }

    private Failure outOfTime(Failure failure, Ledger.Cost cost, ReviewBudget.Allowance of) {
        if (extraordinary(cost, of)) {
            return tooMuch("the time for this request ran out, after", cost, of);
        }
        if (time == 0 && of.manyImages()) {
            return new Failure(
                    Code.BUDGET_EXCEEDED,
                    "Could not look up %s: the time for this request ran out while the other images of this object were looked up. Use fewer images, or raise the webhook's timeoutSeconds."
                            .formatted(what));
        }
        long slow = time / SLOW;
        if (cost.longest() > slow) {
            return failure;
        }
        if (cost.requests() == 0 || cost.longestQueued() > slow) {
            return new Failure(
                    Code.OVERLOADED,
                    "Could not look up %s: there was no room for it in the time that this request had. Try again, or add replicas."
                            .formatted(what));
        }
        return new Failure(
                Code.BUDGET_EXCEEDED,
                "Could not look up %s: the time for this request ran out, although none of its %d requests to registries took longer than %d ms. Remove what lies beside the image and is no signature of it, or raise the webhook's timeoutSeconds."
                        .formatted(
                                what,
                                cost.requests(),
                                Duration.ofNanos(cost.longest()).toMillis()));
    }

    private static boolean extraordinary(Ledger.Cost cost, ReviewBudget.Allowance of) {
        return cost.requests() > of.ordinaryRequests() || cost.bytes() > of.ordinaryBytes();
    }

    private Failure tooMuch(String why, Ledger.Cost cost, ReviewBudget.Allowance of) {
        return new Failure(
                Code.BUDGET_EXCEEDED,
                "Could not look up %s: %s %d answers of %d bytes in all, and an ordinary image needs no more than %d (limit '%s') and %d (limit '%s'). Remove what lies beside the image and is no signature of it, or, if images are meant to need so much, raise these limits by the setting --limit."
                        .formatted(
                                what,
                                why,
                                cost.requests(),
                                cost.bytes(),
                                of.ordinaryRequests(),
                                Limit.ORDINARY_REQUESTS.text(),
                                of.ordinaryBytes(),
                                Limit.ORDINARY_DOWNLOAD_BYTES.text()));
    }
}
