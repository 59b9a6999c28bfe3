package dev.landwaiter.limit;

import java.util.Locale;

/**
 * A bound on data from outside: its name, its unit and its default. What exceeds one is refused, never cut; but what we tell of it, which
 * exceeds one of the {@linkplain #PROBLEMS last group}, is cut, and says so.
 */
public enum Limit {
    REVIEW_BYTES(8 << 20, "bytes", "an AdmissionReview"),
    REVIEW_TOKENS(400_000, "tokens", "names, values and brackets of an AdmissionReview"),
    REVIEW_DEPTH(256, "levels", "nesting of an AdmissionReview"),
    IMAGES_PER_OBJECT(256, "images", "image slots of one object"),
    REFERENCE_CHARACTERS(1024, "characters", "an image reference"),

    MANIFEST_BYTES(4 << 20, "bytes", "a manifest or index (the OCI distribution specification's advice)"),
    CONFIG_BYTES(8 << 20, "bytes", "an image configuration"),
    JSON_DEPTH(64, "levels", "nesting of a manifest, configuration, bundle or payload"),
    JSON_TOKENS(100_000, "tokens", "names, values and brackets of one document of a registry"),
    STATEMENT_TOKENS(400_000, "tokens", "names, values and brackets of an attestation's statement"),
    INDEX_DEPTH(2, "levels", "indexes within indexes"),
    INDEX_MANIFESTS(256, "manifests", "entries of an index"),
    REDIRECTS(5, "redirects", "redirects of one request"),
    TOKEN_BYTES(256 << 10, "bytes", "a token server's answer"),
    ERROR_BYTES(64 << 10, "bytes", "a registry's error answer"),
    RESPONSE_HEADER_BYTES(32 << 10, "bytes", "headers of one answer"),
    REFERRERS_PAGES(8, "pages", "pages of a referrers list"),

    SIGNATURES(64, "signatures", "signature candidates of one image, in each form"),
    SIGNATURE_BYTES(4 << 20, "bytes", "a signature payload, bundle or attestation"),
    SIGNATURES_BYTES(16 << 20, "bytes", "all signatures and attestations of one image that are asked for"),
    SUBJECTS(64, "subjects", "subjects of one statement"),
    LOG_ENTRIES(8, "entries", "transparency log entries of one signature"),
    PROOF_HASHES(64, "hashes", "hashes of one inclusion proof"),
    CHECKPOINT_BYTES(64 << 10, "bytes", "a transparency log's checkpoint"),
    CHECKPOINT_SIGNATURES(32, "signatures", "signatures of one checkpoint"),
    TIMESTAMPS(8, "timestamps", "RFC 3161 timestamps of one signature"),
    TIMESTAMP_BYTES(64 << 10, "bytes", "an RFC 3161 timestamp"),
    CHAIN_CERTIFICATES(8, "certificates", "certificates of one chain"),
    CERTIFICATE_BYTES(64 << 10, "bytes", "a signing certificate"),
    TRUST_ROOT_BYTES(1 << 20, "bytes", "a trust root"),
    TRUST_ROOT_ENTRIES(256, "entries", "entries of one kind in a trust root"),

    IMAGE_REQUESTS(128, "requests", "requests to registries for one image of one object"),
    IMAGE_REQUESTS_AT_ONCE(8, "requests", "of them those that are under way at once"),
    IMAGES_AT_ONCE(32, "images", "images of one object that are looked up at once"),
    IMAGE_DOWNLOAD_BYTES(32 << 20, "bytes", "what registries answer for one image of one object"),
    ORDINARY_REQUESTS(
            24,
            "requests",
            "requests that an ordinary image needs: each image of an object has them, whatever the others use"),
    ORDINARY_DOWNLOAD_BYTES(
            1 << 20, "bytes", "what registries answer for an ordinary image: each has it, whatever the others use"),
    REVIEW_REQUESTS(
            1_024,
            "requests",
            "requests to registries for all images of one object; more only where the ordinary ones of each are more"),
    REVIEW_DOWNLOAD_BYTES(
            128 << 20,
            "bytes",
            "what registries answer for all images of one object; more only where that of ordinary ones is more"),
    REVIEW_REGISTRIES(
            32,
            "registries",
            "registries that the images of one object are of; as many hosts more that these refer to"),

    REMEMBERED_CHALLENGE_BYTES(
            4 << 20, "bytes", "how registries want credentials, as it is remembered of all together"),
    REMEMBERED_TOKEN_BYTES(16 << 20, "bytes", "all tokens of registries that are remembered"),
    REMEMBERED_VERDICT_BYTES(64 << 20, "bytes", "all verdicts that are remembered"),

    PULL_SECRETS(32, "secrets", "imagePullSecrets of one Pod"),
    CREDENTIALS_TRIED(8, "credentials", "credentials of one Pod that are tried in turn for an image"),
    CREDENTIAL_ENTRIES(1_024, "entries", "entries of one pull Secret or docker configuration"),
    CREDENTIAL_CHARACTERS(
            8 << 10,
            "characters",
            "user and password, or token, of one entry of a pull Secret or docker configuration"),
    CREDENTIAL_PATTERNS(32, "patterns", "registry names with wildcards in one pull Secret or docker configuration"),

    YAML_DEPTH(64, "levels", "nesting of a YAML or JSON file, aliases resolved"),
    YAML_NODES(1_000_000, "nodes", "keys, values and collections of a YAML file, aliases resolved"),
    OBJECTS_FILE_BYTES(16 << 20, "bytes", "a file of Kubernetes objects to plan"),
    CREDENTIALS_FILE_BYTES(1 << 20, "bytes", "a file of registry credentials"),
    POLICY_FILE_BYTES(4 << 20, "bytes", "a policy file"),
    POLICIES(10_000, "policies", "policies of a folder, or ClusterImagePolicies of a cluster"),
    POLICY_GLOBS(64, "globs", "globs of one policy"),
    GLOB_STARS(8, "stars", "stars of one glob"),
    POLICY_AUTHORITIES(16, "authorities", "authorities of one policy"),
    POLICY_MATCHES(16, "entries", "entries of a policy's 'match'"),
    SELECTOR_TERMS(32, "terms", "labels, and expressions, of one label selector"),
    SELECTOR_VALUES(64, "values", "values of one expression of a label selector"),
    AUTHORITY_KEYS(32, "keys", "public keys of one authority"),
    AUTHORITY_IDENTITIES(32, "identities", "identities of one authority"),
    AUTHORITY_SOURCES(8, "sources", "sources of one authority, and pull Secrets of one source"),
    AUTHORITY_ATTESTATIONS(16, "attestations", "attestations of one authority"),
    NAMESPACE_POLICIES(32, "policies", "ImagePolicies of one namespace"),
    NAMESPACE_POLICY_BYTES(256 << 10, "bytes", "all ImagePolicies of one namespace together"),
    NAMESPACE_GLOB_CHARACTERS(16 << 10, "characters", "all globs of one namespace's ImagePolicies"),
    NAMESPACE_CONDITION_BYTES(64 << 10, "bytes", "all CEL expressions of one namespace's ImagePolicies"),
    NAMESPACE_PATTERN_INSTRUCTIONS(
            100_000, "instructions", "all patterns of one namespace's ImagePolicies, as they are compiled"),
    NAMESPACE_MATERIALS(32, "objects", "Secrets and ConfigMaps that one namespace's ImagePolicies name"),
    MATERIAL_BYTES(64 << 10, "bytes", "a Secret or ConfigMap that an ImagePolicy names"),
    NAMED_OBJECT_READS_AT_ONCE(
            8,
            "reads",
            "Secrets and ConfigMaps that ImagePolicies of all namespaces name, read from the API server at once"),
    NAMED_OBJECT_READS_PER_SECOND(
            50, "reads", "of them those that are read again in a second; more objects are seen to change later"),
    EXCEPTION_NAMES(64, "names", "policies, images, and namespaces, of one exception"),
    EVIDENCE_BYTES(64 << 20, "bytes", "a recording of what registries answered"),

    CONNECT_MILLIS(3_000, "milliseconds", "connecting to a registry, TLS included"),
    IDLE_MILLIS(5_000, "milliseconds", "silence of a registry within an answer"),
    REQUEST_MILLIS(10_000, "milliseconds", "one registry request"),
    LOOKUPS_AT_ONCE(64, "names", "host names looked up at once"),
    LOOKUPS_OF_NAMESPACE(8, "names", "of them those of one namespace"),
    KNOWN_ADDRESSES(16_384, "addresses", "last known addresses of host names"),
    KNOWN_ADDRESSES_MILLIS(3_600_000, "milliseconds", "age at which last known addresses no longer serve"),
    FETCHES_AT_ONCE(512, "requests", "requests to all registries at once"),
    FETCHES_OF_NAMESPACE(64, "requests", "of them those of one namespace"),
    FETCHES_PER_HOST(32, "requests", "requests to one registry at once, half of them of one namespace"),
    FETCHES_WAITING(1_024, "requests", "requests that wait for their turn, at one registry or in all"),
    STREAM_IDLE_MILLIS(15_000, "milliseconds", "silence of a registry within a streamed answer"),
    STREAM_BYTES_PER_SECOND(
            16 << 10, "bytes", "what a registry has to send of a streamed answer in a second, at least"),
    STREAM_SLOW_MILLIS(30_000, "milliseconds", "how long a streamed answer may come more slowly than that"),
    STREAMS_AT_ONCE(64, "streams", "streamed answers of all registries at once"),
    STREAMS_OF_NAMESPACE(16, "streams", "of them those of one namespace"),
    STREAMS_PER_HOST(16, "streams", "streamed answers of one registry at once, half of them of one namespace"),
    CLUSTER_READS_AT_ONCE(32, "reads", "Secrets, ServiceAccounts and namespaces read from the API server at once"),
    CLUSTER_READS_OF_NAMESPACE(8, "reads", "of them those of one namespace"),
    CLUSTER_READS_WAITING(1_024, "reads", "reads of the API server that wait for their turn"),
    OPEN_CONNECTIONS(1_024, "connections", "connections to registries, idle ones included"),
    REVIEW_BYTES_AT_ONCE(64 << 20, "bytes", "all AdmissionReviews in memory together"),
    LARGE_STATEMENTS_AT_ONCE(
            2, "statements", "attestations' statements of more than 64 KiB that are judged as trees at once"),
    LARGE_REVIEWS_AT_ONCE(2, "reviews", "AdmissionReviews of more than 64 KiB that are read as trees at once"),
    LARGE_BODIES_AT_ONCE(
            4, "requests", "requests of more than 64 KiB that are received at once; others wait for their turn"),
    BODY_MILLIS(10_000, "milliseconds", "a client's sending of one request"),
    BODY_BYTES_PER_SECOND(64 << 10, "bytes", "what a client has to send of a request in a second, at least"),
    CLIENT_CONNECTIONS(2_048, "connections", "connections of clients open at once"),
    REQUESTS_AT_ONCE(256, "requests", "admission requests decided at once"),

    PROBLEMS(32, "problems", "problems that one answer tells, before how many more there are"),
    WARNINGS(16, "warnings", "warnings of one answer; the API server passes on 4096 characters of them"),
    MESSAGE_CHARACTERS(2_048, "characters", "why one policy refuses one image"),
    RECORD_CHARACTERS(64 << 10, "characters", "an object's record with its lists of policies and signers"),
    AUDIT_CHARACTERS(10 << 10, "characters", "one of our annotations of an audit event"),
    LOG_LINE_CHARACTERS(16_000, "characters", "images, problems and warnings in a decision's log line");

    private final long byDefault;
    private final String unit;
    private final String what;

    Limit(long byDefault, String unit, String what) {
        this.byDefault = byDefault;
        this.unit = unit;
        this.what = what;
    }

    /** The name that settings and messages use: {@code manifest-bytes}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Where nobody says otherwise; the program itself takes a share of its heap for some that bound memory. */
    public long byDefault() {
        return byDefault;
    }

    public String unit() {
        return unit;
    }

    /** What it bounds, for people. */
    public String what() {
        return what;
    }
}
