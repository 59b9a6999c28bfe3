package dev.landwaiter.e2e;

/** The two kinds of registry that signatures are looked for in. */
enum Registry {
    /** Docker's distribution: referrers are found by the tag schema. */
    WITHOUT_REFERRERS_API("registry"),
    WITH_REFERRERS_API("registry_referrers");

    private final String port;

    Registry(String port) {
        this.port = port;
    }

    String address(Tools tools) {
        return "127.0.0.1:" + tools.port(port);
    }

    @Override
    public String toString() {
        return this == WITH_REFERRERS_API
                ? "a registry with the referrers API"
                : "a registry without the referrers API";
    }
}
