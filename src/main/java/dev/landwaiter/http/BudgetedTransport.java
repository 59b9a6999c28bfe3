package dev.landwaiter.http;

import dev.landwaiter.limit.Budget;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.RegistryCall;

/**
 * Takes each request out of the budget of whoever it is made for, and sends none that the budget has no room for. What the answers cost is
 * charged by the transport, as they arrive.
 */
public record BudgetedTransport(HttpTransport transport) implements HttpTransport {
    @Override
    public Response exchange(Request request, Deadline deadline) {
        String host = request.address().hostAndPort();
        Budget budget = deadline.budget();
        try (RegistryCall call = budget.request(host, request.what(), deadline)) {
            Response response = transport.exchange(request, deadline.of(call));
            call.answered();
            return response;
        }
    }
}
