package dev.landwaiter.server;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether a request is read at all: what is served at its path, how it has to be asked for, and who may. */
final class RequestCheck {
    private final Premises premises;
    private final Map<String, Route> routes;
    private final long bodyBytes;

    RequestCheck(Premises premises) {
        this.premises = premises;
        this.routes = premises.listener().routes();
        this.bodyBytes = premises.budgets().limits().get(premises.budgets().body());
    }

    /** What becomes of a request. */
    sealed interface Result {}

    /** It is answered without being read. */
    record Answered(Answer answer) implements Result {}

    /** Its body is read, and given to {@code work}. */
    record Read(Route.Work work, Caller caller) implements Result {}

    /** It is answered without being read, and {@code work}, which it was for, hears of it. */
    record Refused(Route.Work work, Failure why) implements Result {}

    Result of(HttpServerRequest request, ClientConnection client) {
        String path = String.valueOf(request.path());
        Route route = routes.get(path);
        return switch (route) {
            case null ->
                new Answered(Answer.unsupported(
                        404, "Could not serve \"%s\": there is nothing. %s.".formatted(path, whatThereIs())));
            case Route.Document(var json) -> document(request, path, json);
            case Route.Work work -> posted(request, path, client, work);
        };
    }

    private String whatThereIs() {
        return "POST to "
                + new TreeSet<>(routes.keySet())
                        .stream()
                                .filter(path -> routes.get(path) instanceof Route.Work)
                                .collect(Collectors.joining(" or "));
    }

    private static Result document(HttpServerRequest request, String path, String json) {
        return HttpMethod.GET.equals(request.method())
                ? new Answered(new Answer(200, json.getBytes(StandardCharsets.UTF_8), "", ""))
                : new Answered(Answer.methodRefused(request.method(), path, "GET"));
    }

    private Result posted(HttpServerRequest request, String path, ClientConnection client, Route.Work work) {
        if (!HttpMethod.POST.equals(request.method())) {
            return new Answered(Answer.methodRefused(request.method(), path, "POST"));
        }
        return switch (premises.callers().asking(client.proof(premises.callers()), request)) {
            case Callers.Asking.Refused(var status, var why, var nextStep) ->
                new Answered(Answer.of(
                        status,
                        new Failure(
                                Code.CLIENT_CERTIFICATE_REQUIRED,
                                "Could not serve %s: %s. %s.".formatted(path, why, nextStep))));
            case Callers.Asking.Known(var caller) -> body(request, work, caller);
        };
    }

    private Result body(HttpServerRequest request, Route.Work work, Caller caller) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.startsWith("application/json")) {
            return new Answered(Answer.unsupported(
                    415,
                    "Could not read the review: its Content-Type is \"%s\". Send application/json."
                            .formatted(type == null ? "" : type)));
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        // the HTTP decoder has refused what is no number
        return length != null && (length.length() > 18 || Long.parseLong(length) > bodyBytes)
                ? new Refused(work, tooLarge())
                : new Read(work, caller);
    }

    Failure tooLarge() {
        return new Failure(
                Code.REVIEW_TOO_LARGE,
                "Could not read the review: it exceeds the limit %s. If objects are meant to be that large, raise the setting --limit %s=…."
                        .formatted(
                                premises.budgets().shown(premises.budgets().body()),
                                premises.budgets().body().text()));
    }
}
