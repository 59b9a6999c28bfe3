package dev.landwaiter.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where every connection that this process accepts passes, before TLS and HTTP: the one place where those are seen that never come to speak
 * either. Vert.x shows a connection once it speaks HTTP, and one of HTTP/2 not before its first frame; until then nobody counted it, and
 * nothing closed it. The {@code Vertx} that serves is made with {@link #transport()}.
 */
public final class Gate {
    private final Map<Integer, Door> doors = new ConcurrentHashMap<>();

    /** From now on connections to {@code port} pass {@code door}; those to ports without one pass freely. */
    void set(int port, Door door) {
        doors.put(port, door);
    }

    /** How a {@code Vertx} whose connections pass here speaks TCP. */
    public io.vertx.core.transport.Transport transport() {
        Transport guarded = new Guarded(io.vertx.core.transport.Transport.NIO.implementation());
        return new io.vertx.core.transport.Transport() {
            @Override
            public String name() {
                return "nio";
            }

            @Override
            public boolean available() {
                return true;
            }

            @Override
            public @Nullable Throwable unavailabilityCause() {
                return null;
            }

            @Override
            public Transport implementation() {
                return guarded;
            }
        };
    }

    /** Sees each connection that a server's channel accepts, before anybody else does. */
    private final class Keeper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext server, Object accepted) {
            if (accepted instanceof Channel channel && !admits(server.channel(), channel)) {
                channel.unsafe().closeForcibly();
            } else {
                ChannelHandlerContext _ = server.fireChannelRead(accepted);
            }
        }

        private boolean admits(Channel server, Channel channel) {
            Door door =
                    server.localAddress() instanceof InetSocketAddress address ? doors.get(address.getPort()) : null;
            return door == null || door.admits(channel, System.nanoTime());
        }
    }

    /** Another transport, but for what a server accepts. */
    private final class Guarded implements Transport {
        private final Transport next;

        Guarded(Transport next) {
            this.next = next;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            ChannelFactory<? extends ServerChannel> factory = next.serverChannelFactory(domainSocket);
            return () -> {
                ServerChannel channel = factory.newChannel();
                Object _ = channel.pipeline().addFirst(new Keeper());
                return channel;
            };
        }

        @Override
        public boolean supportsDomainSockets() {
            return next.supportsDomainSockets();
        }

        @Override
        public boolean supportFileRegion() {
            return next.supportFileRegion();
        }

        @Override
        public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
            return next.convert(address);
        }

        @Override
        public io.vertx.core.net.@Nullable SocketAddress convert(SocketAddress address) {
            return next.convert(address);
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return next.ioHandlerFactory();
        }

        @Override
        public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
            return next.eventLoopGroup(type, threads, factory, ioRatio);
        }

        @Override
        @SuppressWarnings("deprecation") // Vert.x's own signature
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return next.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return next.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return next.channelFactory(domainSocket);
        }

        @Override
        public void configure(DatagramChannel channel, DatagramSocketOptions options) {
            next.configure(channel, options);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, Bootstrap bootstrap) {
            next.configure(config, domainSocket, bootstrap);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
            next.configure(config, domainSocket, bootstrap);
        }
    }
}
