package dev.landwaiter.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.SingleFlight;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is shown to which registry. It remembers how a host wanted credentials last, and the tokens it took, so that over a kept connection
 * a request need not be refused first. A token is kept for one host, repository and credential identity, and shown nowhere else. All of it is
 * weighed and ages, and how a host wanted credentials is forgotten as soon as it leads nowhere.
 */
final class Authorizations {
    /** After so long a host is asked anew how it wants credentials, even if what it said last still serves. */
    private static final Duration SCHEME_KEPT = Duration.ofHours(12);

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    /** What an entry takes besides its texts, in bytes. */
    private static final int AROUND = 300;

    private final TokenClient tokens;
    private final InstantSource clock;
    private final Cache<String, Scheme> schemes;
    private final Cache<TokenKey, Held> held;
    private final SingleFlight<Wanted, Fetched> flights = new SingleFlight<>(fetched -> true);

    Authorizations(TokenClient tokens, InstantSource clock, Limits limits) {
        this.tokens = tokens;
        this.clock = clock;
        Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.instant().toEpochMilli());
        this.schemes = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumWeight(limits.get(Limit.REMEMBERED_CHALLENGE_BYTES))
                .weigher((String host, Scheme scheme) -> AROUND + host.length() + scheme.weight())
                .expireAfterWrite(SCHEME_KEPT)
                .executor(Runnable::run)
                .build();
        this.held = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumWeight(limits.get(Limit.REMEMBERED_TOKEN_BYTES))
                .weigher((TokenKey key, Held token) -> token.weight())
                .expireAfter(Expiry.<TokenKey, Held>writing((key, token) -> token.lifetime(clock.instant())))
                .executor(Runnable::run)
                .build();
    }

    /** How a host wants credentials. */
    private sealed interface Scheme {
        /** Of its texts, in bytes. */
        default int weight() {
            return switch (this) {
                case Basic _ -> 0;
                case Bearer bearer -> bearer.server().weight();
            };
        }

        record Basic() implements Scheme {}

        /** @param usualScope whether its scopes are those that the specification gives as examples, so that they can be foreseen */
        record Bearer(TokenClient.Server server, boolean usualScope) implements Scheme {}
    }

    /** Whose token it is, and for what. */
    private record TokenKey(String host, String repository, CredentialIdentity identity) {}

    /** A token that is wanted: whose and for what, of which server. */
    private record Wanted(TokenKey key, TokenClient.Server server, String scope) {
        int weight() {
            return key.host().length()
                    + key.repository().length()
                    + key.identity().text().length()
                    + server.weight()
                    + scope.length();
        }
    }

    /** A token, and what was asked for when it was given. */
    private record Held(Wanted wanted, TokenClient.Token token) {
        int weight() {
            return AROUND + wanted.weight() + token.value().length();
        }

        Duration lifetime(Instant now) {
            Duration left = Duration.between(now, token.until());
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    /** What came of asking for a token. */
    private sealed interface Fetched {
        record Given(TokenClient.Token token) implements Fetched {}

        /** {@code failure} is in the words of whoever asked for {@code what} as {@code found} says, and is told to nobody else. */
        record Refused(Failure failure, Keychain.Found found, String what) implements Fetched {
            boolean isTo(Inquiry inquiry) {
                return found.equals(inquiry.found()) && what.equals(inquiry.what());
            }
        }
    }

    /**
     * What to show at once, by what is remembered of the host.
     *
     * @param authorization empty where nothing is remembered, or where it led to no token
     * @param refusal why it led to no token, and which one; null where it did, or where none was asked for
     * @param older whether it is a token that was given for an earlier request, so that it may have lost its force since
     */
    record Foreseen(
            Optional<Authorization> authorization, @Nullable Refusal refusal, boolean older) {
        /** As of a stranger. */
        static final Foreseen NOTHING = new Foreseen(Optional.empty(), null, false);

        private static Foreseen of(Authorization authorization) {
            return new Foreseen(Optional.of(authorization), null, false);
        }
    }

    /** A token that was wanted, and why there is none. */
    record Refusal(Object wanted, Failure failure) {}

    /**
     * What to show at once. Where the token server that is remembered gives no token, the host may have moved to another or want something
     * else by now: what was remembered is forgotten, and the host is asked as by a stranger.
     */
    Foreseen foreseen(Inquiry inquiry) {
        if (inquiry.credential() instanceof Credential.Bearer bearer) {
            return Foreseen.of(Authorization.bearer(bearer.token()));
        }
        return switch (schemes.getIfPresent(inquiry.host())) {
            case null -> Foreseen.NOTHING;
            case Scheme.Basic _ -> new Foreseen(basic(inquiry), null, false);
            case Scheme.Bearer bearer -> foreseenToken(bearer, inquiry);
        };
    }

    /**
     * Forgets the token of {@code before} if {@code status} and {@code challenges}, which it was answered with, may mean that it has lost its force, and
     * the host does not ask for another as it should: it names no challenge (dhi.io), asks whoever shows a token for Basic (Harbor), or answers 400
     * (public.ecr.aws). What the host wants is only known once it is asked as by a stranger.
     */
    boolean forgets(Foreseen before, int status, List<Challenge> challenges, Inquiry inquiry) {
        boolean lapsed = status == BAD_REQUEST
                || (status == UNAUTHORIZED
                        && Challenge.find(challenges, "bearer").isEmpty());
        if (!before.older() || !lapsed) {
            return false;
        }
        Held known = held.getIfPresent(key(inquiry));
        if (known != null
                && before.authorization()
                        .equals(Optional.of(Authorization.bearer(known.token().value())))) {
            boolean _ = held.asMap().remove(key(inquiry), known);
        }
        return true;
    }

    /**
     * What to show after {@code before} was answered with {@code challenges}; empty where there is nothing more to show.
     *
     * @throws Failure where the token server does not give a token or must not be asked
     */
    Optional<Authorization> answer(List<Challenge> challenges, Foreseen before, Inquiry inquiry) {
        Optional<Challenge> bearer = Challenge.find(challenges, "bearer");
        if (bearer.isPresent() && !(inquiry.credential() instanceof Credential.Bearer)) {
            return Optional.of(answer(bearer.get(), before, inquiry));
        }
        if (Challenge.find(challenges, "basic").isPresent()) {
            schemes.put(inquiry.host(), new Scheme.Basic());
            return basic(inquiry).filter(basic -> !Optional.of(basic).equals(before.authorization()));
        }
        return Optional.empty();
    }

    private Authorization answer(Challenge challenge, Foreseen before, Inquiry inquiry) {
        TokenClient.Server server =
                new TokenClient.Server(challenge.parameter("realm"), challenge.parameter("service"));
        String usual = usualScope(inquiry);
        String scope = challenge.parameter("scope").isEmpty() ? usual : challenge.parameter("scope");
        Wanted wanted = new Wanted(key(inquiry), server, scope);
        Refusal refusal = before.refusal();
        if (refusal != null && refusal.wanted().equals(wanted)) {
            // the host still means the same token server, which has just said no
            throw refusal.failure();
        }
        Authorization token = take(wanted, before.authorization(), inquiry);
        schemes.put(inquiry.host(), new Scheme.Bearer(server, scope.equals(usual)));
        return token;
    }

    private Foreseen foreseenToken(Scheme.Bearer scheme, Inquiry inquiry) {
        Held known = held.getIfPresent(key(inquiry));
        if (known != null && fresh(known)) {
            return new Foreseen(Optional.of(Authorization.bearer(known.token().value())), null, true);
        }
        if (!scheme.usualScope()) {
            return Foreseen.NOTHING;
        }
        Wanted wanted = new Wanted(key(inquiry), scheme.server(), usualScope(inquiry));
        try {
            return Foreseen.of(take(wanted, Optional.empty(), inquiry));
        } catch (Failure e) {
            if (e.code().ofOneRequest()) {
                throw e;
            }
            boolean _ = schemes.asMap().remove(inquiry.host(), scheme);
            return new Foreseen(Optional.empty(), new Refusal(wanted, e), false);
        }
    }

    private boolean fresh(Held known) {
        return clock.instant().isBefore(known.token().until());
    }

    /** Those who want the same token at the same time take one, unless they are refused: then each asks, and is told, for itself. */
    private Authorization take(Wanted wanted, Optional<Authorization> shown, Inquiry inquiry) {
        Fetched fetched = flights.get(
                wanted, inquiry.deadline(), TokenClient.what(inquiry), own -> fetch(wanted, shown, inquiry.until(own)));
        TokenClient.Token token = switch (fetched) {
            case Fetched.Given given -> given.token();
            case Fetched.Refused refused -> {
                if (refused.isTo(inquiry)) {
                    throw refused.failure();
                }
                yield fetch(wanted, inquiry);
            }
        };
        return Authorization.bearer(token.value());
    }

    private Fetched fetch(Wanted wanted, Optional<Authorization> shown, Inquiry inquiry) {
        Held known = held.getIfPresent(wanted.key());
        // whoever was before us may have just finished
        if (known != null
                && known.wanted().equals(wanted)
                && fresh(known)
                && !shown.equals(Optional.of(Authorization.bearer(known.token().value())))) {
            return new Fetched.Given(known.token());
        }
        try {
            return new Fetched.Given(fetch(wanted, inquiry));
        } catch (Failure e) {
            if (e.code().ofOneRequest()) {
                throw e;
            }
            return new Fetched.Refused(e, inquiry.found(), inquiry.what());
        }
    }

    private TokenClient.Token fetch(Wanted wanted, Inquiry inquiry) {
        TokenClient.Token token = tokens.fetch(wanted.server(), wanted.scope(), inquiry);
        held.put(wanted.key(), new Held(wanted, token));
        return token;
    }

    private static Optional<Authorization> basic(Inquiry inquiry) {
        return inquiry.credential() instanceof Credential.Basic basic
                ? Optional.of(Authorization.basic(basic))
                : Optional.empty();
    }

    private static String usualScope(Inquiry inquiry) {
        return "repository:" + inquiry.reference().repository() + ":pull";
    }

    private static TokenKey key(Inquiry inquiry) {
        return new TokenKey(
                inquiry.host(),
                inquiry.reference().repository(),
                inquiry.credential().identity());
    }

    /** About how many bytes the tokens take that are remembered. */
    long tokenBytes() {
        held.cleanUp();
        return held.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** How many hosts it is remembered of how they want credentials. */
    long hosts() {
        schemes.cleanUp();
        return schemes.estimatedSize();
    }
}
