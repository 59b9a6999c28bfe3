package dev.landwaiter.http;

import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.limit.Deadline;

/**
 * The port for answers that are too large to hold, such as layers: their bodies are handed on in pieces, as fast as whoever reads them can take
 * them. Everything else is as {@link HttpTransport} says: redirects are never followed, addresses are guarded, content is not decoded.
 *
 * <p>A body has no time limit as a whole. It ends in a failure where its peer is silent for too long, or sends too little for too long, so that
 * nobody holds a place for ever by sending a byte now and then. Time in which the reader does not want more is not held against the peer.
 */
public interface StreamingTransport {
    /**
     * Sends {@code request}, and waits for the head of its answer.
     *
     * @param request whose {@code maxBytes} bound the whole body
     * @param from the first byte that is asked for; 0 for all, anything else to go on where an earlier answer broke off
     * @param deadline until when the head must have come. The body may take longer; it is on the account of the same tenant and budget
     * @return to be closed by the caller, on whatever way it is left
     * @throws dev.landwaiter.failure.Failure as of {@link HttpTransport#exchange}
     */
    StreamedResponse open(Request request, long from, Deadline deadline);
}
