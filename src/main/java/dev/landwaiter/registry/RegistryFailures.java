package dev.landwaiter.registry;

import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Limits;

/** What a registry's answers mean, told to whoever must fix it. */
final class RegistryFailures {
    private final PeerWords words;

    RegistryFailures(Limits limits) {
        this.words = new PeerWords(limits);
    }

    /**
     * The failure that an answer of any status but 2xx is.
     *
     * @param peer who answered: {@code ghcr.io}, {@code the token server auth.docker.io}
     */
    Failure of(HttpTransport.Response response, String peer, Inquiry inquiry) {
        String answered = "%s answered %s".formatted(peer, words.of(response));
        return switch (response.status()) {
            case 401 -> refused(Code.REGISTRY_UNAUTHORIZED, answered, inquiry);
            case 403 -> refused(Code.REGISTRY_FORBIDDEN, answered, inquiry);
            case 404 ->
                failure(
                        Code.IMAGE_NOT_FOUND,
                        inquiry,
                        answered,
                        "Check the spelling of %s, and that it was pushed."
                                .formatted(inquiry.reference().canonical()));
            case 429 -> rateLimited(answered + wait(response), inquiry);
            default ->
                response.status() >= 500
                        ? failure(
                                Code.REGISTRY_UNAVAILABLE,
                                inquiry,
                                answered + wait(response),
                                "Try again later; if it lasts, ask who runs " + inquiry.host() + ".")
                        : failure(
                                Code.REGISTRY_REFUSED,
                                inquiry,
                                answered,
                                "Check that %s is a registry and serves this repository.".formatted(inquiry.host()));
        };
    }

    private static Failure rateLimited(String answered, Inquiry inquiry) {
        return failure(
                // whoever chose the account can have used up what it may ask for
                inquiry.byTenantsOwn() ? Code.CREDENTIAL_RATE_LIMITED : Code.REGISTRY_RATE_LIMITED,
                inquiry,
                asker -> answered + " with " + asker.credentials(),
                _ -> "Try again later, or use credentials with a higher rate limit.");
    }

    /** As {@link #of}, but what a token server does not know is not the image. */
    Failure ofTokenServer(HttpTransport.Response response, String peer, Inquiry inquiry) {
        int status = response.status();
        boolean alike = status == 401 || status == 403 || status == 429 || status >= 500;
        return alike
                ? of(response, peer, inquiry)
                : failure(
                        Code.REGISTRY_REFUSED,
                        inquiry,
                        "%s answered %s".formatted(peer, words.of(response)),
                        "Check that %s names the right token server.".formatted(inquiry.host()));
    }

    /** The refusal of a host that a redirect led to, where nobody's credentials are shown. */
    Failure ofReferred(HttpTransport.Response response, Address at, Inquiry inquiry) {
        return failure(
                response.status() == 403 ? Code.REGISTRY_FORBIDDEN : Code.REGISTRY_UNAUTHORIZED,
                inquiry,
                "%s, to which %s redirects, answered %s without credentials"
                        .formatted(at.hostAndPort(), inquiry.host(), words.of(response)),
                "Credentials never go where a redirect leads; if the image is private there, name it by that host.");
    }

    private static String wait(HttpTransport.Response response) {
        return response.retryAfterSeconds().isPresent()
                ? " and asks to wait %d seconds"
                        .formatted(response.retryAfterSeconds().getAsLong())
                : "";
    }

    private static Failure refused(Code code, String answered, Inquiry inquiry) {
        String name = inquiry.reference().name();
        String ofSecret = code == Code.REGISTRY_FORBIDDEN
                ? "Check that they may read %s.".formatted(name)
                : "Check that they are current for %s.".formatted(name);
        return failure(
                code,
                inquiry,
                asker -> answered + " with " + asker.credentials(),
                asker -> asker.anonymous()
                        ? "If the image is private, name a pull secret with an entry for %s.".formatted(name)
                        : ofSecret);
    }

    /** {@code why} stands behind what could not be fetched; the notes on credentials follow where they may matter. */
    static Failure failure(Code code, Inquiry inquiry, String why, String next) {
        return failure(code, inquiry, _ -> why, _ -> next);
    }

    /**
     * A failure whose message names who asked: each who meets it is told by these of themselves. So neither may hold anything of
     * {@code inquiry}'s credential.
     */
    static Failure failure(Code code, Inquiry inquiry, Failure.Telling why, Failure.Telling next) {
        String what = inquiry.what();
        boolean plainHttp = inquiry.plainHttp();
        return Failure.told(
                code, met -> message(code, what, why, next, plainHttp ? met.overPlainHttp() : met), inquiry.asker());
    }

    private static String message(Code code, String what, Failure.Telling why, Failure.Telling next, Asker asker) {
        boolean credentials = code == Code.REGISTRY_UNAUTHORIZED || code == Code.REGISTRY_FORBIDDEN;
        String notes = credentials && !asker.tried().isEmpty()
                ? (asker.anonymous() ? " (" : " (also tried: ") + String.join("; ", asker.tried()) + ")"
                : "";
        return "Could not fetch %s: %s%s. %s".formatted(what, why.to(asker), notes, next.to(asker));
    }
}
