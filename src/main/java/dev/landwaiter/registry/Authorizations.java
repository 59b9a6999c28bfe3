package dev.landwaiter.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.credential.Credential;
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
    private final Cache<TokenKey, TokenClient.Token> held =
            Caffeine.newBuilder().maximumSize(TOKENS).executor(Runnable::run).build();

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
            return Optional.of(answer(bearer.get(), inquiry));
        }
        if (Challenge.find(challenges, "basic").isPresent()) {
            schemes.put(inquiry.host(), new Scheme.Basic());
            return basic(inquiry).filter(basic -> !Optional.of(basic).equals(shown));
        }
        return Optional.empty();
    }

    private Authorization answer(Challenge challenge, Inquiry inquiry) {
        TokenClient.Server server =
                new TokenClient.Server(challenge.parameter("realm"), challenge.parameter("service"));
        String usual = usualScope(inquiry);
        String scope = challenge.parameter("scope").isEmpty() ? usual : challenge.parameter("scope");
        Authorization token = take(server, scope, inquiry);
        schemes.put(inquiry.host(), new Scheme.Bearer(server, scope.equals(usual)));
        return token;
    }

    private Optional<Authorization> foreseenToken(Scheme.Bearer scheme, Inquiry inquiry) {
        TokenClient.Token known = held.getIfPresent(key(inquiry));
        if (known != null && clock.instant().isBefore(known.until())) {
            return Optional.of(Authorization.bearer(known.value()));
        }
        return scheme.usualScope()
                ? Optional.of(take(scheme.server(), usualScope(inquiry), inquiry))
                : Optional.empty();
    }

    private Authorization take(TokenClient.Server server, String scope, Inquiry inquiry) {
        TokenClient.Token token = tokens.fetch(server, scope, inquiry);
        held.put(key(inquiry), token);
        return Authorization.bearer(token.value());
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
