package dev.landwaiter.server;

import io.netty.channel.Channel;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections to one port from the moment at which they are accepted. Those that do not speak HTTP yet (TLS, or the first frame of
 * HTTP/2, is still to come) are shown to nobody else: here they have their time, and are the first to go where room has to be made. Safe for
 * use by many threads.
 */
final class Door {
    private final int most;
    private final Duration patience;
    private final BooleanSupplier makeRoom;
    /** Those outside, by the client's address and port, the oldest first. */
    private final LinkedHashMap<String, Guest> outside = new LinkedHashMap<>();

    private int inside;

    /**
     * One that nobody has come to.
     *
     * @param most that may be connected at once
     * @param patience how long one may take until it speaks HTTP
     * @param makeRoom has one of those inside closed; whether there was one
     */
    Door(int most, Duration patience, BooleanSupplier makeRoom) {
        this.most = most;
        this.patience = patience;
        this.makeRoom = makeRoom;
    }

    private static final class Guest {
        final Channel channel;
        /** On the clock of {@link System#nanoTime}: when it has to be inside. */
        final long until;

        boolean inside;

        Guest(Channel channel, long until) {
            this.channel = channel;
            this.until = until;
        }
    }

    /** Whether {@code channel}, accepted at {@code now}, may stay. Where there are too many, another one goes for it if one can. */
    boolean admits(Channel channel, long now) {
        String from = from(channel.remoteAddress());
        if (from == null) {
            return false;
        }
        Guest guest = new Guest(channel, now + patience.toNanos());
        Guest goes = null;
        synchronized (outside) {
            if (outside.size() + inside >= most) {
                goes = outside.isEmpty() ? null : outside.pollFirstEntry().getValue();
                if (goes == null && !makeRoom.getAsBoolean()) {
                    return false;
                }
            }
            outside.put(from, guest);
        }
        if (goes != null) {
            Object _ = goes.channel.close();
        }
        Object _ = channel.closeFuture().addListener(_ -> left(from, guest));
        return true;
    }

    /** The connection from {@code remote} speaks HTTP. */
    void entered(@Nullable SocketAddress remote) {
        if (remote == null) {
            return;
        }
        synchronized (outside) {
            Guest guest = outside.remove(remote.hostAddress() + " " + remote.port());
            if (guest != null) {
                guest.inside = true;
                inside++;
            }
        }
    }

    private void left(String from, Guest guest) {
        synchronized (outside) {
            if (guest.inside) {
                inside--;
            } else {
                // where it is there: it may have been told to go
                boolean _ = outside.remove(from, guest);
            }
        }
    }

    /** Closes those that are outside for too long at {@code now}. */
    void sweep(long now) {
        List<Guest> late = new ArrayList<>();
        synchronized (outside) {
            while (!outside.isEmpty() && outside.firstEntry().getValue().until - now <= 0) {
                late.add(outside.pollFirstEntry().getValue());
            }
        }
        for (Guest guest : late) {
            Object _ = guest.channel.close();
        }
    }

    /** How many are connected, inside or not. */
    int count() {
        synchronized (outside) {
            return outside.size() + inside;
        }
    }

    /** How many are outside. */
    int opening() {
        synchronized (outside) {
            return outside.size();
        }
    }

    private static @Nullable String from(java.net.@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress() + " " + address.getPort()
                : null;
    }
}
