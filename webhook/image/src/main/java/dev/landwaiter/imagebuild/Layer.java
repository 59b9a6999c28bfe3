package dev.landwaiter.imagebuild;

/** The layers, from the bottom: what changes least often comes first, and the AOT cache, which alone differs from build to build, last. */
enum Layer {
    BASE("base", "the C library, licences, names of users"),
    RUNTIME("runtime", "the Java runtime"),
    LIBRARIES("libraries", "other people's jars and native libraries"),
    PROGRAM("program", "our jars, options, list of contents"),
    CACHE("aot-cache", "classes and profiles of a training run; differs from build to build");

    private final String title;
    private final String content;

    Layer(String title, String content) {
        this.title = title;
        this.content = content;
    }

    String title() {
        return title;
    }

    String content() {
        return content;
    }

    /** The one that the file at {@code path} belongs to. */
    static Layer of(String path) {
        if (path.equals(ImagePaths.CACHE)) {
            return CACHE;
        }
        if (path.startsWith(ImagePaths.RUNTIME + "/")) {
            return RUNTIME;
        }
        if (path.startsWith(ImagePaths.LIBRARIES + "/landwaiter-")) {
            return PROGRAM;
        }
        if (path.startsWith(ImagePaths.LIBRARIES + "/") || path.startsWith(ImagePaths.NATIVES + "/")) {
            return LIBRARIES;
        }
        return path.startsWith(ImagePaths.APP + "/") ? PROGRAM : BASE;
    }
}
