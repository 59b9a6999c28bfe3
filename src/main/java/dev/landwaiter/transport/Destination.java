package dev.landwaiter.transport;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leads, and what it is for.
 *
 * @param address that it is made to; null through the proxy, which resolves the name itself
 * @param streams whether it carries streamed answers. Those have connections of their own: a short answer never waits behind a long one
 */
record Destination(Target target, @Nullable InetAddress address, boolean streams) {}
