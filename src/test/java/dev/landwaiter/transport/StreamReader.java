package dev.landwaiter.transport;

import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.StreamedResponse;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A program that reads a streamed answer, and prints how long it was and its digest; for tests that give it little memory. */
final class StreamReader {
    private StreamReader() {}

    /** Reads the address that is the first argument; its authority is in the file that is the second one. */
    public static void main(String[] arguments) throws Exception {
        Address address = Address.of(arguments[0]);
        String authority = Files.readString(Path.of(arguments[1]));
        TransportSettings settings = new TransportSettings(
                Map.of(address.hostAndPort(), authority),
                Set.of(),
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")),
                Set.of(),
                null,
                Limits.defaults());
        Request request = new Request(
                "GET", address, Map.of(), "", Long.MAX_VALUE, Limit.MANIFEST_BYTES, Peer.NAMED, "the large answer");
        Vertx vertx = Vertx.vertx();
        try (VertxTransport transport = new VertxTransport(vertx, settings);
                StreamedResponse response = transport.open(request, 0, Deadline.in(Duration.ofSeconds(20)))) {
            System.out.println(summary(response.body()));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static String summary(InputStream body) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] part = new byte[8 << 10];
        long bytes = 0;
        for (int count = body.read(part); count >= 0; count = body.read(part)) {
            digest.update(part, 0, count);
            bytes += count;
        }
        return bytes + " " + HexFormat.of().formatHex(digest.digest());
    }
}
