package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryTransport.Peer;
import dev.landwaiter.registry.RegistryTransport.Request;
import dev.landwaiter.registry.RegistryTransport.Response;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One request to a registry as it is really made: with what the registry wants to be shown, and through the redirects that it answers
 * with. What is shown goes to the registry alone: not over plain http, and never again once a redirect has left its host.
 */
final class RegistryRequests {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int UNAUTHORIZED = 401;

    private final RegistryTransport transport;
    private final RegistrySettings settings;
    private final Limits limits;
    private final Authorizations authorizations;

    RegistryRequests(RegistryTransport transport, RegistrySettings settings, InstantSource clock) {
        this.transport = transport;
        this.settings = settings;
        this.limits = settings.limits();
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
        URI uri = URI.create((settings.plain(inquiry.host()) ? "http://" : "https://") + inquiry.host() + ask.path());
        Authorizations.Foreseen foreseen = authorizations.foreseen(inquiry);
        Response response = send(ask, uri, foreseen.authorization(), Peer.NAMED, inquiry);
        if (response.status() == UNAUTHORIZED) {
            Optional<Authorization> wanted = authorizations.answer(
                    Challenge.parse(response.header("www-authenticate").orElse("")), foreseen, inquiry);
            if (wanted.isPresent()) {
                response = send(ask, uri, wanted, Peer.NAMED, inquiry);
            }
        }
        return REDIRECTS.contains(response.status()) ? follow(response, uri, ask, inquiry) : response;
    }

    private Response follow(Response first, URI from, Ask ask, Inquiry inquiry) {
        Response response = first;
        URI at = from;
        boolean home = true;
        for (long hops = 0; REDIRECTS.contains(response.status()); hops++) {
            if (hops == limits.get(Limit.REDIRECTS)) {
                throw limits.exceeded(Limit.REDIRECTS, inquiry.what());
            }
            URI to = location(response, at, inquiry);
            boolean ofRegistry = Hosts.sameOrigin(to, from);
            home = home && ofRegistry;
            response = send(
                    ask,
                    to,
                    home ? authorizations.foreseen(inquiry).authorization() : Optional.empty(),
                    ofRegistry ? Peer.NAMED : Peer.REFERRED,
                    inquiry);
            at = to;
        }
        return response;
    }

    private Response send(Ask ask, URI uri, Optional<Authorization> shown, Peer peer, Inquiry inquiry) {
        Map<String, String> headers = new HashMap<>();
        if (!ask.accept().isEmpty()) {
            headers.put("Accept", ask.accept());
        }
        shown.ifPresent(authorization -> headers.put("Authorization", authorization.value()));
        Request request =
                new Request(ask.method(), uri, headers, "", limits.get(ask.limit()), ask.limit(), peer, inquiry.what());
        return transport.exchange(request, inquiry.deadline());
    }

    private URI location(Response response, URI at, Inquiry inquiry) {
        URI to;
        try {
            to = at.resolve(response.header("location").orElse(""));
        } catch (IllegalArgumentException e) {
            throw refused(inquiry, at, "an address that is none", Code.REGISTRY_MALFORMED);
        }
        boolean http = "https".equals(to.getScheme()) || "http".equals(to.getScheme());
        if (!http || to.getHost() == null || to.getUserInfo() != null) {
            throw refused(inquiry, at, "an address that is none", Code.REGISTRY_MALFORMED);
        }
        if ("https".equals(at.getScheme()) && "http".equals(to.getScheme())) {
            throw refused(inquiry, at, Hosts.of(to) + " over plain http", Code.REGISTRY_REDIRECT_REFUSED);
        }
        return to;
    }

    private static Failure refused(Inquiry inquiry, URI at, String where, Code code) {
        return RegistryFailures.failure(
                code,
                inquiry,
                "%s redirects to %s".formatted(Hosts.of(at), where),
                "Let it redirect to an https address, or to none.");
    }
}
