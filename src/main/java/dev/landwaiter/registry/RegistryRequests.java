package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request to a registry as it is really made: with what the registry wants to be shown, and through the redirects that it answers
 * with. What is shown goes to the registry alone: not over plain http, and never again once a redirect has left its host.
 */
final class RegistryRequests {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    /** OCI distribution specification, section 5: what is asked of repositories. Linear, whatever the path. */
    private static final Pattern OF_REPOSITORY = Pattern.compile("/v2/([^?]+)/(?:manifests|blobs|referrers)/[^/]+");

    private final HttpTransport transport;
    private final RegistrySettings settings;
    private final Limits limits;
    private final RegistryFailures failures;
    private final Authorizations authorizations;

    RegistryRequests(HttpTransport transport, RegistrySettings settings, InstantSource clock) {
        this.transport = transport;
        this.settings = settings;
        this.limits = settings.limits();
        this.failures = new RegistryFailures(limits);
        this.authorizations = new Authorizations(new TokenClient(transport, settings, clock), clock, limits);
    }

    /**
     * What is asked for.
     *
     * @param path from the registry's root, with query
     * @param accept {@code ""} for anything
     * @param limit of the answer's body, in bytes
     */
    record Ask(String method, String path, String accept, Limit limit) {}

    /** An inquiry as whom {@code found} says, or as nobody where the registry is spoken to over plain http. */
    Inquiry inquiry(ImageReference reference, Keychain.Found found, Deadline deadline, String what) {
        return new Inquiry(reference, found, deadline, what, settings.plain(reference.host()));
    }

    /** The last answer to {@code ask}, of any status but a redirect. */
    Response send(Ask ask, Inquiry inquiry) {
        Address registry =
                Address.of((settings.plain(inquiry.host()) ? "http://" : "https://") + inquiry.host() + ask.path());
        Response response = answered(ask, registry, inquiry);
        return redirects(response) ? follow(response, registry, ask, inquiry) : response;
    }

    /** Asks as whom {@code inquiry} says, and once more where that is challenged in a way that can be answered. */
    private Response answered(Ask ask, Address address, Inquiry inquiry) {
        Authorizations.Foreseen foreseen = authorizations.foreseen(inquiry);
        Response response = send(ask, address, foreseen.authorization(), inquiry.peer(), inquiry);
        if (authorizations.forgets(foreseen, response.status(), challenges(response), inquiry)) {
            foreseen = Authorizations.Foreseen.NOTHING;
            response = send(ask, address, foreseen.authorization(), inquiry.peer(), inquiry);
        }
        if (response.status() != UNAUTHORIZED) {
            return response;
        }
        return authorizations
                .answer(challenges(response), foreseen, inquiry)
                .map(wanted -> send(ask, address, Optional.of(wanted), inquiry.peer(), inquiry))
                .orElse(response);
    }

    private static List<Challenge> challenges(Response response) {
        return Challenge.parse(response.header("www-authenticate").orElse(""));
    }

    private Response follow(Response first, Address from, Ask ask, Inquiry inquiry) {
        Response response = first;
        Address at = from;
        boolean home = true;
        for (long hops = 0; redirects(response); hops++) {
            if (hops == limits.get(Limit.REDIRECTS)) {
                throw limits.exceeded(Limit.REDIRECTS, inquiry.what());
            }
            at = location(response, at, inquiry);
            home = home && at.sameOrigin(from);
            response = home
                    ? send(ask, at, authorizations.foreseen(inquiry).authorization(), Peer.NAMED, inquiry)
                    : sendAway(ask, at, from, inquiry);
        }
        if (!home && (response.status() == UNAUTHORIZED || response.status() == FORBIDDEN)) {
            throw failures.ofReferred(response, at, inquiry);
        }
        return response;
    }

    /**
     * Asks where a redirect led, away from the registry or back to it: never with its credentials or tokens. Another registry's challenge is
     * answered by nobody: lscr.io and others send their clients to one that wants a token of everybody.
     */
    private Response sendAway(Ask ask, Address to, Address from, Inquiry inquiry) {
        Optional<Inquiry> other = repository(to).map(repository -> inquiry.referredTo(to.hostAndPort(), repository));
        if (to.sameOrigin(from) || other.isEmpty()) {
            return send(ask, to, Optional.empty(), to.sameOrigin(from) ? Peer.NAMED : Peer.REFERRED, inquiry);
        }
        return answered(ask, to, other.get());
    }

    /** The repository that {@code address} is of, by the specification's paths; empty where it is not a registry's. */
    private static Optional<ImageReference> repository(Address address) {
        Matcher path = OF_REPOSITORY.matcher(address.path());
        if (!path.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ImageReference.parse(address.hostAndPort() + "/" + path.group(1)));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private static boolean redirects(Response response) {
        return REDIRECTS.contains(response.status());
    }

    private Response send(Ask ask, Address address, Optional<Authorization> shown, Peer peer, Inquiry inquiry) {
        Map<String, String> headers = new HashMap<>();
        if (!ask.accept().isEmpty()) {
            headers.put("Accept", ask.accept());
        }
        shown.ifPresent(authorization -> headers.put("Authorization", authorization.value()));
        Request request = new Request(
                ask.method(), address, headers, "", limits.get(ask.limit()), ask.limit(), peer, inquiry.what());
        return transport.exchange(request, inquiry.deadline());
    }

    private static Address location(Response response, Address at, Inquiry inquiry) {
        Address to = response.header("location")
                .flatMap(at::resolve)
                .orElseThrow(() -> refused(
                        inquiry,
                        at,
                        response.header("location").isEmpty() ? "nowhere" : "what is not a valid address",
                        Code.REGISTRY_MALFORMED));
        if (at.tls() && !to.tls()) {
            throw refused(inquiry, at, to.hostAndPort() + " over plain http", Code.REGISTRY_REDIRECT_REFUSED);
        }
        return to;
    }

    private static Failure refused(Inquiry inquiry, Address at, String where, Code code) {
        return RegistryFailures.failure(
                code,
                inquiry,
                "%s redirects to %s".formatted(at.hostAndPort(), where),
                "Let it redirect to an https address, or to none.");
    }
}
