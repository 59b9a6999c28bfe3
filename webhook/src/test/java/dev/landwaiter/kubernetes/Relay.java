package dev.landwaiter.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A port that passes on to another one of this machine, and can be cut: all connections end, and none is accepted any more. */
final class Relay implements AutoCloseable {
    private final int target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger most = new AtomicInteger();
    private volatile @Nullable ServerSocket server;

    Relay(int target) {
        this.target = target;
        this.port = listen(0);
    }

    int port() {
        return port;
    }

    /** How many connections were open at once, at most. */
    int most() {
        return most.get();
    }

    void cut() {
        close(server);
        drop();
    }

    /** Ends all connections; new ones are accepted. */
    void drop() {
        open.forEach(Relay::close);
        open.clear();
    }

    /** After a cut. */
    void mend() {
        MockCluster.await(() -> {
            try {
                return listen(port) == port;
            } catch (UncheckedIOException e) {
                // the last connections are still being closed
                return false;
            }
        });
    }

    private int listen(int at) {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
            server = listening;
            Thread _ = Thread.ofVirtual().start(() -> accept(listening));
            return listening.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(behind);
                int _ = most.accumulateAndGet(open.size() / 2, Math::max);
                Thread _ = Thread.ofVirtual().start(() -> pass(client, behind));
                Thread _ = Thread.ofVirtual().start(() -> pass(behind, client));
            }
        } catch (IOException e) {
            // it was cut
            close(listening);
        }
    }

    private void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // one side ended
            close(to);
        } finally {
            close(from);
            close(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void close(@Nullable AutoCloseable closing) {
        try {
            if (closing != null) {
                closing.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        cut();
    }
}
