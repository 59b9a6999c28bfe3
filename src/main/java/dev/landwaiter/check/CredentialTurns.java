package dev.landwaiter.check;

import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one image with the credentials that match it, one after the other until its registry takes one, as the kubelet does; where it
 * takes none, once more with what their sources say now. Where a tenant's credential seems to break the registry, it is asked without any:
 * an outage that only one Pod's credentials meet is none. So that there is time to ask, the tenant's credentials together have half of it:
 * many servers answer a failed login late. For one image and one thread.
 */
final class CredentialTurns {
    private final ImageFetcher fetcher;
    private final ImageReference reference;
    private final Deadline deadline;
    /** Of the tenant's own credentials. */
    private final Deadline ofTenant;
    /** Whether there was no time from the beginning, so that only what is known counts. */
    private final boolean atOnce;

    private final Set<CredentialIdentity> tried = new HashSet<>();
    private @Nullable Failure refusal;
    /** The first outage that a tenant's own credential met. */
    private @Nullable Failure outage;
    /** What is not known, and there was no time to ask for. */
    private @Nullable Failure cutOff;

    CredentialTurns(ImageFetcher fetcher, ImageReference reference, Deadline deadline) {
        this.fetcher = fetcher;
        this.reference = reference;
        this.deadline = deadline;
        this.ofTenant = deadline.sooner(deadline.remaining());
        this.atOnce = deadline.expired();
    }

    /** An image, and the credential that the registry took for it. */
    record Resolved(Image image, Keychain.Found credential) {}

    /**
     * The image.
     *
     * @param found by {@code keychain}
     * @throws Failure the registry's refusal of the last credential, which names those before it; {@code DEADLINE_EXCEEDED} where not all were
     *     tried; whatever else stood in the way
     */
    Resolved resolve(Keychain.Found found, Keychain keychain) {
        Optional<Resolved> resolved = first(found.inTurn());
        if (resolved.isEmpty() && cutOff == null && !deadline.expired()) {
            resolved = first(keychain.refresh(reference, deadline).inTurn());
        }
        if (resolved.isEmpty() && cutOff == null && outage != null) {
            resolved = withoutCredential(outage);
        }
        return resolved.orElseThrow(this::failure);
    }

    /** What the registry tells whoever shows nothing. If that is an answer, {@code outage} was the doing of the credentials. */
    private Optional<Resolved> withoutCredential(Failure outage) {
        Keychain.Found nobody = Keychain.Found.anonymous(List.of());
        try {
            return Optional.of(new Resolved(fetcher.resolve(reference, nobody, deadline), nobody));
        } catch (Failure e) {
            if (refusal != null && !atOnce) {
                // it answered one of the credentials, so it is not down
                return Optional.empty();
            }
            if (e.code() == Code.DEADLINE_EXCEEDED) {
                cutOff = e;
                return Optional.empty();
            }
            if (e.code().ofOneRequest()) {
                throw e;
            }
            throw e.code().unavailable() ? outage : unusable(outage);
        }
    }

    private static Failure unusable(Failure outage) {
        return new Failure(
                Code.CREDENTIAL_UNUSABLE,
                outage.message()
                        + " It does answer when no credentials are shown, so these credentials are the likely cause, and this is not taken for an outage. Check what the Secret holds.",
                outage);
    }

    /** With no time as well: what one credential is refused another may be known to have been given. */
    private Optional<Resolved> first(List<Keychain.Found> turns) {
        for (Keychain.Found turn : turns) {
            if (!tried.add(turn.credential().identity())) {
                continue;
            }
            boolean byTenant = turn.ofSecretIn(deadline.tenant());
            try {
                return Optional.of(
                        new Resolved(fetcher.resolve(reference, turn, byTenant ? ofTenant : deadline), turn));
            } catch (Failure e) {
                switch (e.code()) {
                    case REGISTRY_UNAUTHORIZED, REGISTRY_FORBIDDEN -> refusal = e;
                    case DEADLINE_EXCEEDED -> {
                        if (byTenant && !deadline.expired()) {
                            met(e);
                        } else {
                            cutOff = e;
                        }
                    }
                    case REGISTRY_UNREACHABLE, REGISTRY_UNAVAILABLE, REGISTRY_TIMEOUT -> {
                        if (!byTenant) {
                            throw e;
                        }
                        met(e);
                    }
                    default -> throw e;
                }
            }
        }
        return Optional.empty();
    }

    private void met(Failure byTenants) {
        outage = outage == null ? byTenants : outage;
    }

    private Failure failure() {
        if (cutOff != null) {
            return cutOff;
        }
        return refusal != null
                ? refusal
                : new Failure(
                        Code.INTERNAL_ERROR,
                        "Could not resolve %s: no credential was tried, which is a mistake of the webhook's own. Please report it."
                                .formatted(reference));
    }
}
