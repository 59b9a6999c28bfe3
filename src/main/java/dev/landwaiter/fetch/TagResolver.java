package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.registry.Registry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What tags name, each for a credential identity. An answer is believed for a while and then confirmed by HEAD, or by GET where HEAD does not
 * confirm it; a tag that moved is fetched anew.
 *
 * <p>While the registry is unavailable a tag is answered with what it named last, for the time of grace since the registry last said so. Then
 * the registry is not asked while somebody waits, but {@link #due now and then} in the background, so often that a tag that moved meanwhile
 * is seen within its usual time of the registry's return. A refusal counts at once.
 */
final class TagResolver {
    /** A registry whose answer is known by and large is waited for so long, and never for more than half of a request's time. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** An unavailable registry is asked no more often about one tag, whatever the settings say. */
    private static final Duration LEAST = Duration.ofMillis(100);

    private final ImageFetcher next;
    private final Registry registry;
    private final Memory memory;
    private final AccessProofs proofs;
    private final HeadHabits heads;
    private final MemorySettings settings;
    private final LongSupplier nanoClock;
    private final TierListener listener;

    /**
     * Knows nothing yet.
     *
     * @param next asked for what is not known
     * @param registry asked whether a tag still names what it did
     */
    TagResolver(
            ImageFetcher next,
            Registry registry,
            Memory memory,
            AccessProofs proofs,
            MemorySettings settings,
            LongSupplier nanoClock,
            TierListener listener) {
        this.next = next;
        this.registry = registry;
        this.memory = memory;
        this.proofs = proofs;
        this.heads = new HeadHabits(nanoClock);
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /** Forgets where HEAD tells nothing. */
    void invalidate() {
        heads.clear();
    }

    /** What {@code tag}, of which {@code names} is known, names, if that still serves {@code tenant}; else null. */
    @Nullable
    Image known(MemoryKey.Tag tag, MemoryEntry.Names names, ImageReference reference, String tenant) {
        MemoryEntry.Doubt doubt = names.doubt();
        boolean serves = doubt == null
                ? before(names.until())
                : inGrace(names) && doubt.concerns(tenant) && before(names.until() + spare().toNanos());
        Image image = serves ? proofs.find(reference, names.digest(), tag.identity()) : null;
        return image == null || doubt == null ? image : image.unconfirmed(doubt.why());
    }

    /** Whether it is time to ask again about what {@link #known} answers all the same. */
    boolean due(MemoryEntry.Names names) {
        return names.doubt() != null && !before(names.until());
    }

    /** Notes that the registry is asked about {@code tag} now; false where another has just noted the same. */
    boolean begin(MemoryKey.Tag tag, MemoryEntry.Names names) {
        return memory.replace(tag, names, names.askedAgain(from(longer(interval(), attempt()))));
    }

    /** Until when an ask that nobody waits for is to be done, with as much time again for what is done with its answer. */
    Deadline background() {
        return Deadline.in(attempt().plus(attempt()));
    }

    private Duration attempt() {
        Duration most = Duration.ofNanos(interval().toNanos() / 5 * 4);
        return shorter(longer(most, Duration.ofSeconds(1)), Duration.ofSeconds(10));
    }

    /** What {@code tag} names by its registry, which is asked on behalf of {@code generation} of the memory. */
    Image ask(
            MemoryKey.Tag tag,
            ImageReference reference,
            Keychain.Found credential,
            Deadline deadline,
            long generation) {
        MemoryEntry.Names names = memory.get(tag) instanceof MemoryEntry.Names known ? known : null;
        Image last = names == null ? null : proofs.find(reference, names.digest(), tag.identity());
        if (names == null || last == null) {
            return keep(tag, fetched(reference, credential, deadline), generation);
        }
        if (!inGrace(names)) {
            return keep(tag, confirmed(last, reference, credential, deadline), generation);
        }
        long asked = nanoClock.getAsLong();
        try {
            return keep(tag, confirmed(last, reference, credential, patient(deadline, names)), generation);
        } catch (Failure e) {
            if (!Availability.lacking(e, deadline)) {
                throw e;
            }
            // what one request had no time or room for is asked again at once, with time of its own
            boolean atOnce = e.code().ofOneRequest() && names.doubt() == null;
            Duration took = Duration.ofNanos(nanoClock.getAsLong() - asked);
            long then = asked + (atOnce ? took : longer(took, interval())).toNanos();
            Failure why = e.code() == Code.DEADLINE_EXCEEDED ? slow(reference) : e;
            MemoryEntry.Doubt doubt = new MemoryEntry.Doubt(why.toldTo(Asker.NOBODY), deadline.tenant());
            memory.put(tag, names.doubted(doubt, then), generation);
            return last.unconfirmed(why);
        }
    }

    private static Failure slow(ImageReference reference) {
        return new Failure(
                Code.REGISTRY_TIMEOUT,
                "Could not fetch manifest of %s: %s did not answer in time. Try again later; if it lasts, ask who runs %s."
                        .formatted(reference.canonical(), reference.host(), reference.host()));
    }

    /** Half of {@code deadline}, so that an answer is left time for; of what somebody waits for, not even that much. */
    private static Deadline patient(Deadline deadline, MemoryEntry.Names names) {
        Deadline half = deadline.sooner(deadline.remaining());
        return names.doubt() == null ? half.atMost(PATIENCE) : half;
    }

    private Image keep(MemoryKey.Tag tag, Image image, long generation) {
        proofs.given(image, tag.identity(), generation);
        long now = nanoClock.getAsLong();
        memory.put(
                tag,
                new MemoryEntry.Names(image.digest(), now + settings.tagTtl().toNanos(), now, null),
                generation);
        return image;
    }

    /** {@code last} if the registry says that the tag still names it, else what it names now. Only GET's word counts against it. */
    private Image confirmed(Image last, ImageReference reference, Keychain.Found credential, Deadline deadline) {
        if (!heads.worthwhile(reference)) {
            return fetched(reference, credential, deadline);
        }
        Optional<Digest> stated = head(reference, credential, deadline);
        if (stated.equals(Optional.of(last.digest()))) {
            heads.told(reference);
            listener.revalidated();
            return last;
        }
        Image now = fetched(reference, credential, deadline);
        if (stated.equals(Optional.of(now.digest()))) {
            heads.told(reference);
        } else {
            heads.askedInVain(reference);
        }
        return now;
    }

    /** What HEAD says that the tag names; empty where it says nothing, and GET may. */
    private Optional<Digest> head(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        Deadline half = deadline.sooner(deadline.remaining());
        try {
            return registry.headDigest(reference, credential, half);
        } catch (Failure e) {
            if (Availability.getMayTell(e, deadline)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Image fetched(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        listener.miss();
        return next.resolve(reference, credential, deadline);
    }

    /** By nanoseconds: Duration's own division loads and runs decimal arithmetic. */
    private static Duration half(Duration whole) {
        return Duration.ofNanos(whole.toNanos() / 2);
    }

    /** How often an unavailable registry is asked: as often as failures are, but twice within the time in which a tag that moved is to be seen. */
    private Duration interval() {
        return longer(shorter(settings.failureTtl(), half(settings.tagTtl())), LEAST);
    }

    /**
     * For how long after it is time to ask again the last answer serves without waiting, because somebody asks in the background. A doubt that is
     * older is nobody's: the registry may have been back for long while nobody came by.
     */
    private Duration spare() {
        return longer(half(settings.tagTtl()), LEAST);
    }

    private boolean inGrace(MemoryEntry.Names names) {
        return before(names.confirmed() + settings.tagGrace().toNanos());
    }

    private boolean before(long then) {
        return nanoClock.getAsLong() - then < 0;
    }

    private long from(Duration duration) {
        return nanoClock.getAsLong() + duration.toNanos();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
