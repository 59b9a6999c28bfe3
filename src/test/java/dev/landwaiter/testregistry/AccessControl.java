package dev.landwaiter.testregistry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Who may read what: users and passwords, private repositories, and the tokens handed out. Safe for use by many threads. */
final class AccessControl {
    /** How a registry wants to be shown credentials. */
    enum Scheme {
        /** Not at all: everything is public. */
        NONE,
        /** Basic, for every request, as Docker distribution does with a password file. */
        BASIC,
        /** A Bearer token for every request, anonymous ones included, as Docker Hub does. */
        BEARER
    }

    /** What comes of a request. */
    enum Answer {
        ALLOWED,
        UNAUTHORIZED,
        FORBIDDEN
    }

    private final Map<String, String> passwords = new ConcurrentHashMap<>();
    private final Map<String, String> refreshTokens = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> readers = new ConcurrentHashMap<>();
    private final Map<String, Grant> grants = new ConcurrentHashMap<>();

    void user(String name, String password) {
        passwords.put(name, password);
        refreshTokens.put("refresh-" + password, name);
    }

    void makePrivate(String repository, Set<String> users) {
        readers.put(repository, Set.copyOf(users));
    }

    /** Forgets every token handed out, as a token server does that lost its key. */
    void revokeTokens() {
        grants.clear();
    }

    Answer check(Scheme scheme, String authorization, String repository) {
        return switch (scheme) {
            case NONE -> Answer.ALLOWED;
            case BASIC ->
                basicUser(authorization)
                        .map(user -> mayRead(user, repository) ? Answer.ALLOWED : Answer.FORBIDDEN)
                        .orElse(Answer.UNAUTHORIZED);
            case BEARER -> {
                Grant grant = authorization.startsWith("Bearer ") ? grants.get(authorization.substring(7)) : null;
                yield grant != null
                                && (repository.isEmpty() || grant.repository().equals(repository))
                                && mayRead(grant.user(), repository)
                        ? Answer.ALLOWED
                        : Answer.UNAUTHORIZED;
            }
        };
    }

    private boolean mayRead(String user, String repository) {
        Set<String> only = readers.get(repository);
        return only == null || only.contains(user);
    }

    /** The user of a Basic {@code authorization} whose password is right. */
    Optional<String> basicUser(String authorization) {
        if (!authorization.startsWith("Basic ")) {
            return Optional.empty();
        }
        String pair = new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        String user = colon < 0 ? pair : pair.substring(0, colon);
        return colon >= 0 && pair.substring(colon + 1).equals(passwords.get(user))
                ? Optional.of(user)
                : Optional.empty();
    }

    Optional<String> refreshUser(String refreshToken) {
        return Optional.ofNullable(refreshTokens.get(refreshToken));
    }

    /** A new token for {@code user} ({@code ""} for nobody) to read {@code scope}: {@code repository:<name>:pull}. */
    String grant(String user, String scope) {
        String[] parts = scope.split(":", -1);
        String token = "token-" + UUID.randomUUID();
        grants.put(token, new Grant(user, parts.length == 3 ? parts[1] : ""));
        return token;
    }

    /** What a token lets its bearer read. */
    private record Grant(String user, String repository) {}
}
