package dev.landwaiter.imagebuild;

import java.util.List;

/** How large a layer is, compressed as it is pulled, and unpacked as it stands on a node, in bytes. */
record LayerSize(Layer layer, String digest, long compressed, long unpacked) {
    private static final double MEGABYTE = 1_000_000;

    /** A table of them, and of their sum. */
    static String table(List<LayerSize> layers) {
        StringBuilder text = new StringBuilder("layer       compressed   unpacked  what it holds\n");
        for (LayerSize layer : layers) {
            text.append("%-10s %8.1f MB %7.1f MB  %s%n"
                    .formatted(
                            layer.layer().title(),
                            layer.compressed() / MEGABYTE,
                            layer.unpacked() / MEGABYTE,
                            layer.layer().content()));
        }
        return text.append("%-10s %8.1f MB %7.1f MB%n"
                        .formatted("together", compressed(layers) / MEGABYTE, unpacked(layers) / MEGABYTE))
                .toString();
    }

    static long compressed(List<LayerSize> layers) {
        return layers.stream().mapToLong(LayerSize::compressed).sum();
    }

    private static long unpacked(List<LayerSize> layers) {
        return layers.stream().mapToLong(LayerSize::unpacked).sum();
    }

    /** Refuses an image of more than {@code most} bytes, compressed. */
    static void require(List<LayerSize> layers, long most) {
        if (compressed(layers) > most) {
            throw new BuildFailure(
                    "Could not keep the image small: it has %.1f MB compressed, and may have %.1f MB. The table above says which layer; docs/image.md says how to find which jar."
                            .formatted(compressed(layers) / MEGABYTE, most / MEGABYTE));
        }
    }
}
