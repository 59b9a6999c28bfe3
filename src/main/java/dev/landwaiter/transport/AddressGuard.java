package dev.landwaiter.transport;

import dev.landwaiter.http.HttpTransport.Peer;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses may be spoken to. Asked of the addresses that a connection is really made to, never of a name: names change their
 * addresses between a check and its use.
 *
 * <p>A private address is fine for the registry that a reference names, since whoever admits the image trusts it. Another host, that a
 * redirect or a token realm names, may be there only where a setting names that host or its addresses.
 */
final class AddressGuard {
    private final List<Cidr> allowed;
    private final Set<String> allowedHosts;

    /**
     * @param allowed addresses that may always be spoken to
     * @param allowedHosts hosts, lower case, that may be at private addresses whoever names them
     */
    AddressGuard(List<Cidr> allowed, Set<String> allowedHosts) {
        this.allowed = List.copyOf(allowed);
        this.allowedHosts = Set.copyOf(allowedHosts);
    }

    /** Why {@code host}, as {@code peer}, may not be spoken to at {@code address}; empty where it may. */
    Optional<String> refusal(String host, InetAddress address, Peer peer) {
        AddressRange range = AddressRange.of(address);
        boolean trusted = peer == Peer.NAMED || allowedHosts.contains(host.toLowerCase(Locale.ROOT));
        boolean fine = range == AddressRange.PUBLIC || (!range.inner() && trusted);
        if (fine || allowed.stream().anyMatch(cidr -> cidr.contains(address))) {
            return Optional.empty();
        }
        return Optional.of(
                range == AddressRange.PRIVATE
                        ? "%s is %s, and another host named it".formatted(address.getHostAddress(), range.words())
                        : "%s is %s".formatted(address.getHostAddress(), range.words()));
    }
}
