package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.net.InetAddress;
import java.util.List;

/**
 * Tells a tenant one thing of a private address that no setting names, whatever went wrong there: whether nobody listened, TLS failed or the
 * time ran out would make a port scanner of the webhook. An admin sees the cause in the metrics by registry and on the command line, which
 * asks on nobody's behalf.
 */
final class Discretion {
    private final TransportSettings settings;

    Discretion(TransportSettings settings) {
        this.settings = settings;
    }

    /** What whoever {@code deadline} is for is told of {@code failure}: itself, unless it would tell what listens inside. */
    Failure told(Failure failure, String what, Target target, List<InetAddress> addresses, Deadline deadline) {
        if (deadline.tenant().equals(Deadline.NOBODY)
                || !tells(failure.code())
                || addresses.stream().noneMatch(address -> AddressRange.of(address) == AddressRange.PRIVATE)
                || named(target, addresses)) {
            return failure;
        }
        return new Failure(
                Code.REGISTRY_UNREACHABLE,
                "Could not fetch %s from %s: it did not answer as a registry that may be asked. If it is one, ask a cluster admin to name it with --registry-ca or --allow-address; then the cause is told."
                        .formatted(what, target),
                failure);
    }

    /** All three mean 'could not check', so that telling one for another changes no decision. */
    private static boolean tells(Code code) {
        return code == Code.REGISTRY_UNREACHABLE || code == Code.REGISTRY_TLS_FAILED || code == Code.REGISTRY_TIMEOUT;
    }

    private boolean named(Target target, List<InetAddress> addresses) {
        return settings.authorities().containsKey(target.host())
                || settings.authorities().containsKey(target.hostAndPort())
                || settings.plainHttp().contains(target.host())
                || settings.plainHttp().contains(target.hostAndPort())
                || settings.allowedHosts().contains(target.host())
                || addresses.stream()
                        .allMatch(address ->
                                settings.allowedAddresses().stream().anyMatch(cidr -> cidr.contains(address)));
    }
}
