package dev.landwaiter.failure;

/**
 * The stable name of a failure: shown to people, used as metric label and event reason, never renamed.
 *
 * <p>Only what neither an image's owner, by what they push, nor a tenant, by what they deploy, can cause is {@link Fault#DEPENDENCY}: connect
 * and TLS failures, timeouts and 5xx. It alone means 'could not check'; everything else means 'refused'. Whoever runs a registry can cause
 * it, or keeps it from answering: that is what {@code onUnavailable} is about. A 429 is not among them: the rate that a registry grants to an
 * address is used up by whoever deploys enough.
 */
public enum Code {
    // the request
    REVIEW_MALFORMED(Fault.USER),
    REVIEW_TOO_LARGE(Fault.USER),
    REVIEW_UNSUPPORTED(Fault.USER),
    CLIENT_CERTIFICATE_REQUIRED(Fault.USER),
    DEADLINE_EXCEEDED(Fault.DEPENDENCY),
    OVERLOADED(Fault.CAPACITY),
    INTERNAL_ERROR(Fault.INTERNAL),

    // the image as written
    IMAGE_REFERENCE_INVALID(Fault.USER),
    IMAGE_NOT_PINNED(Fault.USER),
    RECORD_FORGED(Fault.USER),

    // the registry
    REGISTRY_UNREACHABLE(Fault.DEPENDENCY),
    REGISTRY_TLS_FAILED(Fault.DEPENDENCY),
    REGISTRY_TIMEOUT(Fault.DEPENDENCY),
    REGISTRY_RATE_LIMITED(Fault.CAPACITY),
    CREDENTIAL_RATE_LIMITED(Fault.USER),
    REGISTRY_UNAVAILABLE(Fault.DEPENDENCY),
    REGISTRY_UNAUTHORIZED(Fault.USER),
    REGISTRY_FORBIDDEN(Fault.USER),
    IMAGE_NOT_FOUND(Fault.USER),
    REGISTRY_REFUSED(Fault.USER),
    REGISTRY_MALFORMED(Fault.USER),
    MANIFEST_MALFORMED(Fault.USER),
    REGISTRY_ADDRESS_REFUSED(Fault.USER),
    REGISTRY_REDIRECT_REFUSED(Fault.USER),
    DIGEST_MISMATCH(Fault.USER),
    LIMIT_EXCEEDED(Fault.USER),
    BUDGET_EXCEEDED(Fault.USER),
    MEDIA_TYPE_UNSUPPORTED(Fault.USER),
    PLATFORM_NOT_FOUND(Fault.USER),

    // credentials
    CREDENTIAL_MALFORMED(Fault.USER),
    CREDENTIAL_UNUSABLE(Fault.USER),

    // verification and policy
    SIGNATURE_MISSING(Fault.USER),
    SIGNATURE_INVALID(Fault.USER),
    ATTESTATION_MISSING(Fault.USER),
    ATTESTATION_REJECTED(Fault.USER),
    STATIC_FAIL(Fault.USER),
    POLICY_BROKEN(Fault.USER),
    TRUST_ROOT_INVALID(Fault.USER),
    POLICY_NO_MATCH(Fault.USER),
    NAMESPACE_UNAVAILABLE(Fault.DEPENDENCY),
    CLUSTER_UNAVAILABLE(Fault.DEPENDENCY),

    // refreshing the trust root
    TUF_UNAVAILABLE(Fault.DEPENDENCY),
    TUF_REFUSED(Fault.USER),
    TUF_CACHE_UNUSABLE(Fault.USER),

    // recorded evidence
    EVIDENCE_INVALID(Fault.USER),
    EVIDENCE_MISSING(Fault.DEPENDENCY),

    // settings and files
    SETTING_INVALID(Fault.USER),
    FILE_UNREADABLE(Fault.USER),
    CERTIFICATE_INVALID(Fault.USER);

    private final Fault fault;

    Code(Fault fault) {
        this.fault = fault;
    }

    /** Whose fault it is. */
    public Fault fault() {
        return fault;
    }

    /** Whether it means 'could not check', so that {@code onUnavailable} decides; a refusal otherwise. */
    public boolean unavailable() {
        return fault == Fault.DEPENDENCY;
    }

    /**
     * Whether it is owed to the one request that met it: its time, its budget, its tenant's share of what is common. Another request that
     * asks for the same may fare better, so it is neither told this nor is it remembered for it.
     */
    public boolean ofOneRequest() {
        return switch (this) {
            case DEADLINE_EXCEEDED, BUDGET_EXCEEDED, OVERLOADED -> true;
            default -> false;
        };
    }
}
