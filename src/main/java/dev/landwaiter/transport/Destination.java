package dev.landwaiter.transport;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leads.
 *
 * @param address that it is made to; null through the proxy, which resolves the name itself
 */
record Destination(Target target, @Nullable InetAddress address) {}
