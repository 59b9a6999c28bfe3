package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whom a request may be sent to: resolves the name, and puts every address of it to the guard. Nothing is sent anywhere else afterwards.
 */
final class TargetCheck implements AutoCloseable {
    private final TransportSettings settings;
    private final NameLookup names;
    private final AddressGuard guard;

    TargetCheck(TransportSettings settings, NameResolver resolver) {
        this.settings = settings;
        this.names = new NameLookup(resolver, settings.limits());
        this.guard = new AddressGuard(settings.allowedAddresses(), settings.allowedHosts());
    }

    /**
     * A target that may be spoken to.
     *
     * @param addresses of it that were checked; none through the proxy, which resolves names itself
     */
    record Checked(Target target, List<InetAddress> addresses, boolean proxied) {
        Checked {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The target of {@code request}.
     *
     * @throws Failure {@code REGISTRY_REDIRECT_REFUSED}, {@code REGISTRY_ADDRESS_REFUSED}, or what {@link NameLookup#find} throws
     */
    Checked check(Request request, Deadline deadline) {
        Target target = target(request);
        deadline.check(request.what());
        ProxySettings proxy = settings.proxy();
        boolean proxied =
                proxy != null && target.tls() && !proxy.bypasses(target.host(), target.port(), target.literal());
        InetAddress literal = target.literal();
        List<InetAddress> addresses =
                literal != null ? List.of(literal) : proxied ? List.of() : found(target, deadline, request.what());
        guard(request, target, addresses);
        return new Checked(target, proxied ? List.of() : addresses, proxied);
    }

    @Override
    public void close() {
        names.close();
    }

    private Target target(Request request) {
        Target target = Target.of(request.address());
        if (!target.tls()
                && !settings.plainHttp().contains(target.host())
                && !settings.plainHttp().contains(target.hostAndPort())) {
            throw new Failure(
                    Code.REGISTRY_REDIRECT_REFUSED,
                    "Could not fetch %s from %s: plain http is refused. Use https, or name the host with --registry-plain-http %s."
                            .formatted(request.what(), target, target.hostAndPort()));
        }
        return target;
    }

    private List<InetAddress> found(Target target, Deadline deadline, String what) {
        Deadline own = deadline.atMost(Duration.ofMillis(settings.limits().get(Limit.REQUEST_MILLIS)));
        return names.find(target.host(), own, what);
    }

    private void guard(Request request, Target target, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            Optional<String> refusal = guard.refusal(target.host(), address, request.peer());
            if (refusal.isPresent()) {
                throw new Failure(
                        Code.REGISTRY_ADDRESS_REFUSED,
                        "Could not fetch %s from %s: %s. If it is meant to be spoken to, allow it with --allow-address %s."
                                .formatted(request.what(), target, refusal.get(), address.getHostAddress()));
            }
        }
    }
}
