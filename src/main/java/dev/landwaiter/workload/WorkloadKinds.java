package dev.landwaiter.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table of kinds of objects.
 *
 * @param rows no two of which are for the same kind
 */
public record WorkloadKinds(List<WorkloadKind> rows) {
    /** The fields of a pod spec that bear images. */
    private static final List<ImagePlace> POD_IMAGES = List.of(
            ImagePlace.ofEach("containers", "image"),
            ImagePlace.ofEach("initContainers", "image"),
            ImagePlace.ofEach("ephemeralContainers", "image"),
            ImagePlace.ofEach("volumes", "image.reference"));

    private static final WorkloadKind.Pull POD_PULL =
            new WorkloadKind.Pull(FieldPath.of("imagePullSecrets"), FieldPath.of("serviceAccountName"), "");

    public static final WorkloadKind POD = new WorkloadKind(
            new WorkloadKind.Api("", List.of("v1"), "Pod", "pods", Set.of("ephemeralcontainers")),
            FieldPath.of("spec"),
            POD_IMAGES,
            FieldPath.of("metadata.labels"),
            POD_PULL,
            new WorkloadKind.Handling(true, true, true, false));

    /** Pods, and the kinds whose Pods can be told from them, without a cluster: of these the requester is only warned. */
    public static final WorkloadKinds WITH_PODS = new WorkloadKinds(List.of(
            POD,
            template("", "PodTemplate", "podtemplates", "template"),
            template("apps", "Deployment", "deployments", "spec.template"),
            template("apps", "ReplicaSet", "replicasets", "spec.template"),
            template("", "ReplicationController", "replicationcontrollers", "spec.template"),
            template("apps", "StatefulSet", "statefulsets", "spec.template"),
            template("apps", "DaemonSet", "daemonsets", "spec.template"),
            template("batch", "Job", "jobs", "spec.template"),
            template("batch", "CronJob", "cronjobs", "spec.jobTemplate.spec.template")));

    public WorkloadKinds {
        rows = List.copyOf(rows);
    }

    /** Those that are decided on, without the ones that are only warned of. */
    public WorkloadKinds decided() {
        return new WorkloadKinds(
                rows.stream().filter(row -> !row.handling().advisory()).toList());
    }

    /** A controller, which stays as it is written. */
    private static WorkloadKind template(String group, String kind, String resource, String template) {
        return new WorkloadKind(
                new WorkloadKind.Api(group, List.of("v1"), kind, resource, Set.of()),
                FieldPath.of(template + ".spec"),
                POD_IMAGES,
                FieldPath.of(template + ".metadata.labels"),
                POD_PULL,
                new WorkloadKind.Handling(false, false, false, true));
    }

    /** The row for a kind in one of the versions that are read. */
    public Optional<WorkloadKind> find(String group, String version, String kind) {
        for (WorkloadKind row : rows) {
            WorkloadKind.Api api = row.api();
            if (api.kind().equals(kind)
                    && api.group().equals(group)
                    && api.versions().contains(version)) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    /** The row for a kind by its name alone, for whoever reads what a person wrote. */
    public Optional<WorkloadKind> find(String kind) {
        return rows.stream().filter(row -> row.api().kind().equals(kind)).findFirst();
    }

    /** The kinds, for people: {@code v1 Pods}. */
    public String titles() {
        return joined(row -> {
            String group = row.api().group().isEmpty() ? "" : row.api().group() + "/";
            return "%s%s %ss"
                    .formatted(
                            group,
                            String.join(" and " + group, row.api().versions()),
                            row.api().kind());
        });
    }

    /** What a webhook for them is registered for: {@code pods and pods/ephemeralcontainers}. */
    public String resources() {
        return joined(row -> {
            List<String> resources = new ArrayList<>(List.of(row.api().resource()));
            row.api().subresources().stream()
                    .sorted()
                    .forEach(subresource -> resources.add(row.api().resource() + "/" + subresource));
            return String.join(" and ", resources);
        });
    }

    private String joined(Function<WorkloadKind, String> text) {
        return rows.stream().map(text).collect(Collectors.joining(", "));
    }
}
