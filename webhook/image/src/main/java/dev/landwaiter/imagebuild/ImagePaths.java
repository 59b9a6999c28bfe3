package dev.landwaiter.imagebuild;

/** Where things stand in the image, without the leading slash. Charts name some of them: they do not change. */
final class ImagePaths {
    static final String RUNTIME = "jre";
    static final String APP = "app";
    static final String PROGRAM = APP + "/landwaiter.jar";
    static final String LIBRARIES = APP + "/lib";
    static final String NATIVES = APP + "/natives";
    static final String OPTIONS = APP + "/options";
    static final String CACHE = APP + "/landwaiter.aot";
    static final String CONTENTS = APP + "/sbom.cdx.json";

    /** Who the program runs as: a number, so that Kubernetes can tell that it is not root. */
    static final int USER = 65532;

    private ImagePaths() {}
}
