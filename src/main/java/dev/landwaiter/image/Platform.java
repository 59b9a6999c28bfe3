package dev.landwaiter.image;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.List;
import java.util.Locale;

/**
 * What an image runs on.
 *
 * @param variant of the architecture, {@code ""} where there is none
 * @param osVersion of the operating system, {@code ""} where there is none, as for all but Windows
 * @param osFeatures that the operating system must have, mostly none
 */
public record Platform(String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
    private static final String UNKNOWN = "unknown";
    private static final Platform NONE = new Platform(UNKNOWN, UNKNOWN, "");

    /** What the nodes are where nobody says otherwise. */
    public static final Platform LINUX_AMD64 = new Platform("linux", "amd64", "");

    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    /** One of any version of its operating system. */
    public Platform(String os, String architecture, String variant) {
        this(os, architecture, variant, "", List.of());
    }

    /** Reads {@code os/architecture[/variant]}, with x86_64 and aarch64 read as amd64 and arm64. */
    public static Platform parse(String text) {
        String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not read platform \"%s\": it is not os/architecture[/variant]. Expected for instance linux/amd64."
                            .formatted(text));
        }
        return new Platform(parts[0], normal(parts[1]), parts.length == 3 ? parts[2] : "");
    }

    private static String normal(String architecture) {
        return switch (architecture) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> architecture;
        };
    }

    /** Whether a node could select it: attestation manifests say {@code unknown/unknown}. */
    public boolean runnable() {
        return !UNKNOWN.equals(os) && !UNKNOWN.equals(architecture);
    }

    /** Whether it is exactly {@code unknown/unknown}, as that of an attestation manifest is: nothing that anybody could want. */
    public boolean none() {
        return equals(NONE);
    }

    /** Whether an image of {@code other} serves a node of this platform: a variant that either leaves open fits. */
    public boolean accepts(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant.isEmpty() || other.variant.isEmpty() || variant.equals(other.variant));
    }

    /** {@code linux/arm64/v8}, as far as it is known: nothing at all of an image that does not say. */
    @Override
    public String toString() {
        String text = os;
        for (String part : new String[] {architecture, variant}) {
            if (!part.isEmpty()) {
                text = text.isEmpty() ? part : text + "/" + part;
            }
        }
        return text;
    }
}
