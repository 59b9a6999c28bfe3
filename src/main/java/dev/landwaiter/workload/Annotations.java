package dev.landwaiter.workload;

import java.util.List;

/** The annotation keys of the contract. */
public final class Annotations {
    /** Everything under it is written by the webhook alone. */
    public static final String CATALOG_PREFIX = "catalog.landwaiter.dev/";
    /** What is recorded of each image slot. */
    public static final String IMAGES = CATALOG_PREFIX + "images";
    /** The digest of what was recorded, for people who compare two Pods. */
    public static final String PLAN = "landwaiter.dev/plan";
    /** What is recorded of the configuration that was injected. */
    public static final String CONFIG = CATALOG_PREFIX + "config";
    /** What is recorded of the ModelKits that are unpacked. */
    public static final String MODELKITS = CATALOG_PREFIX + "modelkits";
    /**
     * The records of the contract: the keys that are guarded where no webhook is asked. There, CEL can compare only keys that it knows; all
     * others under the prefix are guarded where the webhooks are.
     */
    public static final List<String> RECORDS = List.of(IMAGES, CONFIG, MODELKITS, PLAN);
    /** The label that opts a Pod out of mutation, with the value {@link #DISABLED}. */
    public static final String ADMISSION_LABEL = "landwaiter.dev/admission";

    public static final String DISABLED = "disabled";

    private Annotations() {}

    /** Whether {@code key} is one that only the webhook writes. */
    public static boolean isRecord(String key) {
        return key.startsWith(CATALOG_PREFIX) || key.equals(PLAN);
    }
}
