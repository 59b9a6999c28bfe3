package dev.landwaiter.catalog;

/** The annotation keys of the contract. */
public final class Annotations {
    /** Everything under it is written by the webhook alone. */
    public static final String CATALOG_PREFIX = "catalog.landwaiter.dev/";
    /** What is recorded of each image slot. */
    public static final String IMAGES = CATALOG_PREFIX + "images";
    /** The digest of what was recorded, for people who compare two Pods. */
    public static final String PLAN = "landwaiter.dev/plan";
    /** The label that opts a Pod out of mutation, with the value {@link #DISABLED}. */
    public static final String ADMISSION_LABEL = "landwaiter.dev/admission";

    public static final String DISABLED = "disabled";

    private Annotations() {}

    /** Whether {@code key} is one that only the webhook writes. */
    public static boolean isRecord(String key) {
        return key.startsWith(CATALOG_PREFIX) || key.equals(PLAN);
    }
}
