package dev.landwaiter.tuf;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** A mirror that is asked over the registries' transport: their authorities, proxy, address guard and limits hold for it as well. */
record HttpMirror(URI base, HttpTransport transport, Limits limits, Deadline deadline) implements Mirror {
    @Override
    public Optional<byte[]> find(String path, int most) {
        long bytes = Math.min(most, limits.get(Limit.TRUST_ROOT_BYTES));
        if (bytes < 1) {
            throw refused(path, "is said to have %d bytes".formatted(most));
        }
        Response response = exchange(path, bytes);
        return switch (response.status()) {
            case 200 -> Optional.of(response.body());
            // a bucket that may not be listed says 403 of what it does not hold
            case 403, 404 -> Optional.empty();
            case 429, 500, 502, 503, 504 -> throw new MirrorProblem(Code.TUF_UNAVAILABLE, answered(path, response));
            default -> throw new MirrorProblem(Code.TUF_REFUSED, answered(path, response));
        };
    }

    private Response exchange(String path, long bytes) {
        Request request = new Request(
                "GET",
                Address.find(base + "/" + path).orElseThrow(() -> refused(path, "is not the path of a file")),
                Map.of(),
                "",
                bytes,
                Limit.TRUST_ROOT_BYTES,
                Peer.NAMED,
                "\"" + path + "\"");
        try {
            return transport.exchange(request, deadline);
        } catch (Failure e) {
            throw switch (e.code()) {
                case LIMIT_EXCEEDED -> refused(path, "has more than %d bytes".formatted(bytes));
                case DEADLINE_EXCEEDED ->
                    new MirrorProblem(
                            Code.TUF_UNAVAILABLE,
                            "the time for it ran out while \"%s\" was fetched. The next attempt may fare better."
                                    .formatted(path),
                            e);
                case OVERLOADED -> new MirrorProblem(Code.TUF_UNAVAILABLE, e.message(), e);
                default ->
                    new MirrorProblem(e.code().unavailable() ? Code.TUF_UNAVAILABLE : Code.TUF_REFUSED, e.message(), e);
            };
        }
    }

    private static MirrorProblem refused(String path, String why) {
        return new MirrorProblem(Code.TUF_REFUSED, "\"%s\" %s. %s".formatted(path, why, MirrorProblem.ASK));
    }

    private static String answered(String path, Response response) {
        return "asked for \"%s\", it answered %d. Check the mirror's address, and whether it is up."
                .formatted(path, response.status());
    }
}
