package dev.landwaiter.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.credential.Credential;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Gets tokens from token servers: by GET, anonymously or with Basic, or by POST of a refresh token.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">token authentication</a>
 * @see <a href="https://distribution.github.io/distribution/spec/auth/oauth/">OAuth2 token authentication</a>
 */
final class TokenClient {
    private static final Duration LONGEST = Duration.ofHours(12);
    private static final int MAX_TOKEN = 32 << 10;

    private final HttpTransport transport;
    private final TokenRealms realms;
    private final RegistryFailures failures;
    private final Limits limits;
    private final BoundedJson json;
    private final InstantSource clock;

    TokenClient(HttpTransport transport, RegistrySettings settings, InstantSource clock) {
        this.transport = transport;
        this.realms = new TokenRealms(settings);
        this.limits = settings.limits();
        this.failures = new RegistryFailures(limits);
        this.json = new BoundedJson(limits);
        this.clock = clock;
    }

    /** Where a registry's tokens come from: the parts of its challenge that matter. */
    record Server(String realm, String service) {
        /** Of its texts, in bytes. */
        int weight() {
            return realm.length() + service.length();
        }
    }

    /**
     * A token as given.
     *
     * @param until when it may no longer be used; a little before the server would refuse it
     */
    record Token(String value, Instant until) {
        @Override
        public String toString() {
            return "Token[until=" + until + "]";
        }
    }

    /** A token of {@code server} for {@code scope}, as whom {@code inquiry} is made. */
    Token fetch(Server server, String scope, Inquiry inquiry) {
        Address realm = realms.parse(server.realm(), inquiry);
        if (!(inquiry.credential() instanceof Credential.Anonymous)) {
            realms.checkMayBeShownCredentials(realm, inquiry);
        }
        realms.checkMayBeAsked(realm, inquiry);
        Response response = transport.exchange(request(realm, server.service(), scope, inquiry), inquiry.deadline());
        String peer = "the token server " + realm.hostAndPort();
        if (response.status() >= 300 && response.status() < 400) {
            throw RegistryFailures.failure(
                    Code.REGISTRY_REDIRECT_REFUSED,
                    inquiry,
                    "%s answered %d, and token servers' redirects are not followed".formatted(peer, response.status()),
                    "Let the registry name the right token server.");
        }
        if (response.status() != 200) {
            throw failures.ofTokenServer(response, peer, inquiry);
        }
        return token(response, peer, inquiry);
    }

    private Request request(Address realm, String service, String scope, Inquiry inquiry) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", "application/json");
        // a challenge may name no service, and then none is asked for
        String parameters = (service.isEmpty() ? "" : "service=" + encoded(service) + "&") + "scope=" + encoded(scope);
        return switch (inquiry.credential()) {
            case Credential.Basic basic -> {
                headers.put("Authorization", Authorization.basic(basic).value());
                yield get(realm, parameters, headers, inquiry);
            }
            case Credential.RefreshToken refresh -> {
                headers.put("Content-Type", "application/x-www-form-urlencoded");
                String form = "grant_type=refresh_token&client_id=landwaiter&" + parameters + "&refresh_token="
                        + encoded(refresh.token());
                yield new Request(
                        "POST",
                        realm,
                        headers,
                        form,
                        limits.get(Limit.TOKEN_BYTES),
                        Limit.TOKEN_BYTES,
                        peer(realm, inquiry),
                        what(inquiry));
            }
            case Credential.Anonymous anonymous -> get(realm, parameters, headers, inquiry);
            case Credential.Bearer _ -> throw wantsAnother(inquiry);
        };
    }

    private static Failure wantsAnother(Inquiry inquiry) {
        String registry = inquiry.host();
        return RegistryFailures.failure(
                Code.REGISTRY_UNAUTHORIZED,
                inquiry,
                asker -> "%s wants another token than %s".formatted(registry, asker.credentials()),
                _ -> "Renew the registry token.");
    }

    private Request get(Address realm, String parameters, Map<String, String> headers, Inquiry inquiry) {
        return new Request(
                "GET",
                realm.with(parameters),
                headers,
                "",
                limits.get(Limit.TOKEN_BYTES),
                Limit.TOKEN_BYTES,
                peer(realm, inquiry),
                what(inquiry));
    }

    private Peer peer(Address realm, Inquiry inquiry) {
        // a host that is only known by a redirect lends its token server no trust that it does not have
        return inquiry.peer() == Peer.NAMED && realms.asTrustedAs(realm, inquiry) ? Peer.NAMED : Peer.REFERRED;
    }

    /** What is asked of a token server, for messages. */
    static String what(Inquiry inquiry) {
        return "a token for " + inquiry.reference().name();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Token token(Response response, String peer, Inquiry inquiry) {
        JsonNode answer = json.read(response.body(), Code.REGISTRY_MALFORMED, "the answer of " + peer);
        String token = answer.path("token").asText("");
        if (token.isEmpty()) {
            token = answer.path("access_token").asText("");
        }
        boolean printable = token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (token.isEmpty() || token.length() > MAX_TOKEN || !printable) {
            throw RegistryFailures.failure(
                    Code.REGISTRY_MALFORMED,
                    inquiry,
                    peer + " answered without a usable token",
                    "Check the registry's configuration.");
        }
        // the specification's default is 60 s
        long stated = Math.clamp(answer.path("expires_in").asLong(60), 0, LONGEST.toSeconds());
        Duration early = Duration.ofSeconds(Math.max(5, stated / 10));
        return new Token(token, clock.instant().plusSeconds(stated).minus(early));
    }
}
