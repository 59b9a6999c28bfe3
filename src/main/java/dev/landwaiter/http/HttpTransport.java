package dev.landwaiter.http;

import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The port that all HTTP to registries, token servers and mirrors of trust roots goes through: one request, one answer, redirects never followed.
 *
 * <p>Implementations guard the address really connected to, use the registry's own CA, bound headers and bodies, and cut
 * everything off at the deadline, leaving no connection behind.
 */
public interface HttpTransport {
    /**
     * Sends {@code request} and reads the whole answer, of any status.
     *
     * @throws dev.landwaiter.failure.Failure {@code REGISTRY_UNREACHABLE}, {@code REGISTRY_TLS_FAILED}, {@code REGISTRY_TIMEOUT},
     *     {@code REGISTRY_ADDRESS_REFUSED}, {@code REGISTRY_REDIRECT_REFUSED} (plain http), {@code REGISTRY_MALFORMED} (no HTTP), {@code
     *     LIMIT_EXCEEDED}, {@code DEADLINE_EXCEEDED}, or {@code OVERLOADED} where others had all room for so long
     */
    Response exchange(Request request, Deadline deadline);

    /** What a host is to a request, which decides how far its address is trusted. */
    enum Peer {
        /** The registry that the reference names: private addresses are fine. */
        NAMED,
        /** A host that a redirect or a token realm names: private addresses only where a setting allows them. */
        REFERRED
    }

    /**
     * One HTTP request.
     *
     * @param method {@code GET}, {@code HEAD} or {@code POST}
     * @param address {@code https}, or {@code http} where settings name the host
     * @param headers by name as sent; {@code Authorization} among them only if this host may see it
     * @param body {@code ""} for none
     * @param maxBytes of the answer's body; more is {@code LIMIT_EXCEEDED}
     * @param limitName the name of the limit that {@code maxBytes} comes from, for messages
     * @param what is asked for, for messages: {@code manifest of ghcr.io/acme/api:1}
     */
    record Request(
            String method,
            Address address,
            Map<String, String> headers,
            String body,
            long maxBytes,
            Limit limitName,
            Peer peer,
            String what) {
        public Request {
            headers = Map.copyOf(headers);
        }

        /** The same with one header more. */
        public Request with(String name, String value) {
            Map<String, String> more = new HashMap<>(headers);
            more.put(name, value);
            return new Request(method, address, more, body, maxBytes, limitName, peer, what);
        }

        /** Without headers, which may hold a credential, and without the body, which may too. */
        @Override
        public String toString() {
            return method + " " + address.scheme() + "://" + address.hostAndPort() + address.path();
        }
    }

    /**
     * One HTTP answer.
     *
     * @param headers by lower-case name; the first value of each, but of {@code www-authenticate} and {@code link} all, joined by commas
     *     (RFC 9110 section 5.3)
     * @param body whole; empty for HEAD, and of a redirect or an error whose explanation exceeds {@link Limit#ERROR_BYTES}
     */
    record Response(int status, Map<String, String> headers, byte[] body) {
        public Response {
            headers = Map.copyOf(headers);
        }

        public Optional<String> header(String lowerCaseName) {
            return Optional.ofNullable(headers.get(lowerCaseName));
        }

        /** {@code Retry-After} in seconds, where it is a number. */
        public OptionalLong retryAfterSeconds() {
            String value = headers.getOrDefault("retry-after", "");
            return !value.isEmpty() && value.length() < 8 && value.chars().allMatch(Character::isDigit)
                    ? OptionalLong.of(Long.parseLong(value))
                    : OptionalLong.empty();
        }
    }
}
