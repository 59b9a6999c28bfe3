package dev.landwaiter.tuf;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mirror at {@code https://mirror.test/tuf} without a network: serves files, or fails as it is told to. */
final class FakeTransport implements HttpTransport {
    final List<String> asked = new ArrayList<>();
    private final Map<String, byte[]> files;
    private int status = 404;
    private @Nullable Code code;

    FakeTransport(Map<String, byte[]> files) {
        this.files = files;
    }

    /** Every request fails so from now on. */
    FakeTransport failing(Code with) {
        code = with;
        return this;
    }

    /** What is not there is answered so. */
    FakeTransport answering(int with) {
        status = with;
        return this;
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        String path = request.address().toString().replace("https://mirror.test/tuf/", "");
        asked.add(path);
        if (code != null) {
            throw new Failure(
                    code, "Could not fetch %s from mirror.test: it is down. Try again.".formatted(request.what()));
        }
        byte[] file = files.get(path);
        return file == null ? new Response(status, Map.of(), new byte[0]) : new Response(200, Map.of(), file);
    }
}
