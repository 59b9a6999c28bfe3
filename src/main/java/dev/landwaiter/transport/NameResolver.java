package dev.landwaiter.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** From a host name to its addresses. Blocking. */
@FunctionalInterface
public interface NameResolver {
    /** The system's: hosts file, then DNS, as the JDK is configured to. */
    NameResolver SYSTEM = InetAddress::getAllByName;

    InetAddress[] resolve(String host) throws UnknownHostException;
}
