package dev.landwaiter.registry;

import com.google.common.net.InternetDomainName;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import java.util.Optional;
import java.util.Set;

/**
 * Which token server may be shown a registry's credentials. A registry names its token server in an answer, so whoever can make it
 * answer could name their own; therefore credentials go to a token server only over https, and only if it is
 *
 * <ul>
 *   <li>the registry's own host and port (ghcr.io, quay.io, Harbor, Gitea, the clouds' registries),
 *   <li>under the same registrable domain by the public suffix list (auth.docker.io for registry-1.docker.io, gitlab.com for
 *       registry.gitlab.com), never by comparing the ends of names,
 *   <li>or named for this registry by a setting.
 * </ul>
 *
 * A token server on another host is also held to public addresses, unless a setting names it. Nobody's credentials are at stake in an
 * anonymous exchange, for which any https host will do.
 */
final class TokenRealms {
    private static final int MAX_REALM = 2048;

    private final RegistrySettings settings;

    TokenRealms(RegistrySettings settings) {
        this.settings = settings;
    }

    /** Reads a challenge's realm; what cannot be a token server's address is a {@link Code#REGISTRY_MALFORMED}. */
    Address parse(String realm, Inquiry inquiry) {
        return Optional.of(realm)
                .filter(text -> text.length() <= MAX_REALM)
                .flatMap(Address::find)
                .orElseThrow(() -> RegistryFailures.failure(
                        Code.REGISTRY_MALFORMED,
                        inquiry,
                        "%s names the token server \"%s\", which is not an https address"
                                .formatted(inquiry.host(), PeerWords.clean(realm, 100)),
                        "Check the registry's configuration."));
    }

    /** Whether {@code realm} is the registry itself or named by a setting, and so as trusted as the registry, addresses included. */
    boolean asTrustedAs(Address realm, Inquiry inquiry) {
        return realm.hostAndPort().equals(inquiry.host()) || named(realm, inquiry.host());
    }

    /** Refuses {@code realm} where it must not be shown the credentials of {@code inquiry}. */
    void checkMayBeShownCredentials(Address realm, Inquiry inquiry) {
        String host = realm.hostAndPort();
        if (!realm.tls()) {
            throw refused(inquiry, host, "is spoken to over plain http", "Let the registry name it by https.");
        }
        if (!asTrustedAs(realm, inquiry) && !sameOwner(realm, inquiry.host())) {
            throw refused(
                    inquiry,
                    host,
                    "is not of its domain",
                    "If it is the right one, allow it with --allow-token-realm %s=%s.".formatted(inquiry.host(), host));
        }
    }

    /** Refuses a plain-http {@code realm} that settings do not name, for anyone. */
    void checkMayBeAsked(Address realm, Inquiry inquiry) {
        if (!realm.tls() && !settings.plain(realm.hostAndPort())) {
            throw RegistryFailures.failure(
                    Code.REGISTRY_REDIRECT_REFUSED,
                    inquiry,
                    "%s names the token server %s over plain http, which is refused"
                            .formatted(inquiry.host(), realm.hostAndPort()),
                    "Let the registry name it by https.");
        }
    }

    private static Failure refused(Inquiry inquiry, String host, String why, String next) {
        String registry = inquiry.host();
        return RegistryFailures.failure(
                Code.REGISTRY_REFUSED,
                inquiry,
                asker -> "%s names the token server %s, which %s; %s were not sent there"
                        .formatted(registry, host, why, asker.credentials()),
                _ -> next);
    }

    private boolean named(Address realm, String registry) {
        Set<String> hosts = settings.tokenRealms()
                .getOrDefault(registry, settings.tokenRealms().getOrDefault(Hosts.withoutPort(registry), Set.of()));
        return hosts.contains(realm.hostAndPort()) || hosts.contains(Hosts.withoutPort(realm.hostAndPort()));
    }

    private static boolean sameOwner(Address realm, String registry) {
        Optional<String> owner = registrableDomain(Hosts.withoutPort(registry));
        return owner.isPresent() && owner.equals(registrableDomain(Hosts.withoutPort(realm.hostAndPort())));
    }

    /** Empty for addresses, single labels, names of private networks, and public suffixes themselves. */
    private static Optional<String> registrableDomain(String host) {
        if (!InternetDomainName.isValid(host)) {
            return Optional.empty();
        }
        InternetDomainName name = InternetDomainName.from(host);
        return name.isUnderPublicSuffix() ? Optional.of(name.topPrivateDomain().toString()) : Optional.empty();
    }
}
