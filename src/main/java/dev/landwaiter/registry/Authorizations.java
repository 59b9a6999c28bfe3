package dev.landwaiter.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.SingleFlight;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What is shown to which registry. It remembers how a host wanted credentials last, and the tokens it took, so that over a kept connection
 * a request need not be refused first. A token is kept for one host, repository and credential identity, and shown nowhere else.
 */
final class Authorizations {
    private static final int HOSTS = 4096;
    private static final int TOKENS = 10_000;

    private final TokenClient tokens;
    private final InstantSource clock;
    private final Cache<String, Scheme> schemes =
            Caffeine.newBuilder().maximumSize(HOSTS).executor(Runnable::run).build();
    private final Cache<TokenKey, Held> held =
            Caffeine.newBuilder().maximumSize(TOKENS).executor(Runnable::run).build();
    private final SingleFlight<Wanted, Fetched> flights = new SingleFlight<>(fetched -> true);

    Authorizations(TokenClient tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** How a host wants credentials. */
    private sealed interface Scheme {
        record Basic() implements Scheme {}

        /** @param usualScope whether its scopes are those that the specification gives as examples, so that they can be foreseen */
        record Bearer(TokenClient.Server server, boolean usualScope) implements Scheme {}
    }

    /** Whose token it is, and for what. */
    private record TokenKey(String host, String repository, String identity) {}

    /** A token that is wanted: whose and for what, of which server. */
    private record Wanted(TokenKey key, TokenClient.Server server, String scope) {}

    /** A token, and what was asked for when it was given. */
    private record Held(Wanted wanted, TokenClient.Token token) {}

    /** What came of asking for a token. */
    private sealed interface Fetched {
        record Given(TokenClient.Token token) implements Fetched {}

        /** {@code failure} is in the words of {@code asker}, and names where its credential is from. */
        record Refused(Failure failure, Inquiry asker) implements Fetched {}
    }

    /** What to show at once, by what is remembered of the host; empty where that is nothing. */
    Optional<Authorization> foreseen(Inquiry inquiry) {
        if (inquiry.credential() instanceof Credential.Bearer bearer) {
            return Optional.of(Authorization.bearer(bearer.token()));
        }
        return switch (schemes.getIfPresent(inquiry.host())) {
            case null -> Optional.empty();
            case Scheme.Basic basic -> basic(inquiry);
            case Scheme.Bearer bearer -> foreseenToken(bearer, inquiry);
        };
    }

    /**
     * What to show after {@code shown} was answered with {@code challenges}; empty where there is nothing more to show.
     *
     * @throws dev.landwaiter.failure.Failure where the token server does not give a token or must not be asked
     */
    Optional<Authorization> answer(List<Challenge> challenges, Optional<Authorization> shown, Inquiry inquiry) {
        Optional<Challenge> bearer = Challenge.find(challenges, "bearer");
        if (bearer.isPresent() && !(inquiry.credential() instanceof Credential.Bearer)) {
            return Optional.of(answer(bearer.get(), shown, inquiry));
        }
        if (Challenge.find(challenges, "basic").isPresent()) {
            schemes.put(inquiry.host(), new Scheme.Basic());
            return basic(inquiry).filter(basic -> !Optional.of(basic).equals(shown));
        }
        return Optional.empty();
    }

    private Authorization answer(Challenge challenge, Optional<Authorization> shown, Inquiry inquiry) {
        TokenClient.Server server =
                new TokenClient.Server(challenge.parameter("realm"), challenge.parameter("service"));
        String usual = usualScope(inquiry);
        String scope = challenge.parameter("scope").isEmpty() ? usual : challenge.parameter("scope");
        Authorization token = take(new Wanted(key(inquiry), server, scope), shown, inquiry);
        schemes.put(inquiry.host(), new Scheme.Bearer(server, scope.equals(usual)));
        return token;
    }

    private Optional<Authorization> foreseenToken(Scheme.Bearer scheme, Inquiry inquiry) {
        Held known = held.getIfPresent(key(inquiry));
        if (known != null && fresh(known)) {
            return Optional.of(Authorization.bearer(known.token().value()));
        }
        Wanted wanted = new Wanted(key(inquiry), scheme.server(), usualScope(inquiry));
        return scheme.usualScope() ? Optional.of(take(wanted, Optional.empty(), inquiry)) : Optional.empty();
    }

    private boolean fresh(Held known) {
        return clock.instant().isBefore(known.token().until());
    }

    /** Those who want the same token at the same time take one, unless they are refused: then each asks, and is told, for itself. */
    private Authorization take(Wanted wanted, Optional<Authorization> shown, Inquiry inquiry) {
        Fetched fetched =
                flights.get(wanted, inquiry.deadline(), TokenClient.what(inquiry), () -> fetch(wanted, shown, inquiry));
        TokenClient.Token token = switch (fetched) {
            case Fetched.Given given -> given.token();
            case Fetched.Refused refused -> {
                if (refused.asker().equals(inquiry)) {
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
            return new Fetched.Refused(e, inquiry);
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
}
