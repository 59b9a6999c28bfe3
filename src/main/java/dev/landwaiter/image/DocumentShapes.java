package dev.landwaiter.image;

import static dev.landwaiter.limit.JsonShape.Leaf.ANYTHING;
import static dev.landwaiter.limit.JsonShape.Leaf.BASE64;
import static dev.landwaiter.limit.JsonShape.Leaf.FLAG;
import static dev.landwaiter.limit.JsonShape.Leaf.TEXT;
import static dev.landwaiter.limit.JsonShape.Leaf.WHOLE;

import dev.landwaiter.limit.JsonShape;
import dev.landwaiter.limit.JsonShape.Items;
import dev.landwaiter.limit.JsonShape.Named;

/**
 * The fields that container runtimes and registries know in a registry's documents: those of the OCI image specification 1.1 and of Docker's
 * schema 2, and of what came before them as far as a reader might still take a document for it. Types are those that Go programs insist on.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/specs-go/v1">the types that containerd reads into</a>
 * @see <a href="https://github.com/moby/docker-image-spec/blob/v1.3.1/specs-go/v1/image.go">Docker's additions to the configuration</a>
 */
final class DocumentShapes {
    private static final JsonShape TEXTS = JsonShape.texts();
    private static final JsonShape TEXT_BY_NAME = new Named(TEXT);

    private static final JsonShape PLATFORM = JsonShape.object()
            .keeps(TEXT, "architecture", "os", "os.version", "variant")
            .keeps(TEXTS, "os.features")
            .checks(TEXTS, "features")
            .build();

    private static final JsonShape DESCRIPTOR = JsonShape.object()
            .keeps(TEXT, "mediaType", "artifactType", "digest")
            .keeps(WHOLE, "size")
            .keeps(TEXT_BY_NAME, "annotations")
            .keeps(PLATFORM, "platform")
            .checks(TEXTS, "urls")
            .checks(BASE64, "data")
            .build();

    /** A manifest or an index: the fields of both, as a document that has those of both is none. */
    static final JsonShape.Known DOCUMENT = JsonShape.object()
            .keeps(WHOLE, "schemaVersion")
            .keeps(TEXT, "mediaType", "artifactType")
            .keeps(DESCRIPTOR, "config", "subject")
            .keeps(new Items(DESCRIPTOR), "layers", "manifests")
            .keeps(TEXT_BY_NAME, "annotations")
            // of Docker's schema 1
            .keeps(ANYTHING, "fsLayers")
            .checks(ANYTHING, "name", "tag", "architecture", "history", "signatures")
            .build();

    private static final JsonShape HEALTHCHECK = JsonShape.object()
            .checks(TEXTS, "Test")
            .checks(WHOLE, "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries")
            .build();

    private static final JsonShape EXECUTION = JsonShape.object()
            .keeps(TEXT_BY_NAME, "Labels")
            .checks(TEXT, "User", "WorkingDir", "StopSignal")
            .checks(TEXTS, "Env", "Entrypoint", "Cmd")
            .checks(new Named(ANYTHING), "ExposedPorts", "Volumes")
            .checks(FLAG, "ArgsEscaped")
            // Docker's own
            .checks(TEXT, "Hostname", "Domainname", "Image", "MacAddress")
            .checks(TEXTS, "OnBuild", "Shell")
            .checks(
                    FLAG,
                    "AttachStdin",
                    "AttachStdout",
                    "AttachStderr",
                    "Tty",
                    "OpenStdin",
                    "StdinOnce",
                    "NetworkDisabled")
            .checks(WHOLE, "Memory", "MemorySwap", "CpuShares", "StopTimeout")
            .checks(HEALTHCHECK, "Healthcheck")
            .build();

    private static final JsonShape HISTORY = JsonShape.object()
            .checks(TEXT, "created", "created_by", "author", "comment")
            .checks(FLAG, "empty_layer")
            .build();

    private static final JsonShape ROOTFS =
            JsonShape.object().checks(TEXT, "type").checks(TEXTS, "diff_ids").build();

    /** An image's configuration: of 8 MiB at most its platform and labels are kept. */
    static final JsonShape.Known CONFIG = JsonShape.object()
            .keeps(TEXT, "architecture", "os", "variant")
            .keeps(EXECUTION, "config")
            .checks(TEXT, "created", "author", "os.version")
            .checks(TEXTS, "os.features")
            .checks(ROOTFS, "rootfs")
            .checks(new Items(HISTORY), "history")
            // Docker's own
            .checks(TEXT, "id", "parent", "comment", "container", "docker_version")
            .checks(ANYTHING, "container_config")
            .build();

    private DocumentShapes() {}
}
