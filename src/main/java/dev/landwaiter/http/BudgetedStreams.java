package dev.landwaiter.http;

import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.RegistryCall;

/**
 * Takes each stream out of the budget of whoever it is made for, as {@link BudgetedTransport} takes requests: it is one request, under way
 * until it is closed, and its bytes are charged as they arrive.
 */
public record BudgetedStreams(StreamingTransport transport) implements StreamingTransport {
    @Override
    public StreamedResponse open(Request request, long from, Deadline deadline) {
        RegistryCall call = deadline.budget().request(request.address().hostAndPort(), request.what(), deadline);
        try {
            StreamedResponse response = transport.open(request, from, deadline.of(call));
            call.answered();
            return response.andThen(call::close);
        } catch (RuntimeException | Error e) {
            call.close();
            throw e;
        }
    }
}
