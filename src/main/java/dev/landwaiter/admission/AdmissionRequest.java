package dev.landwaiter.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.NamespaceName;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.workload.Annotations;
import dev.landwaiter.workload.WorkloadKind;
import dev.landwaiter.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One admission request. The objects stay JSON trees, so that unknown fields survive and pointers are exact.
 *
 * @param summary what logs and metrics tell of it
 * @param groups of the user who sent it
 * @param subresource {@code ""} for the object itself, else for instance {@code ephemeralcontainers}
 * @param kind of the object
 * @param object as it would be
 * @param oldObject as it is, missing on CREATE
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request">AdmissionReview</a>
 */
public record AdmissionRequest(
        Summary summary,
        List<String> groups,
        String subresource,
        WorkloadKind kind,
        JsonNode object,
        JsonNode oldObject) {
    /** The one version that is spoken. */
    public static final String API_VERSION = "admission.k8s.io/v1";

    /** A node's user is this and its name; its group is {@link #NODES}. */
    private static final String NODE_USER = "system:node:";

    private static final String NODES = "system:nodes";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    /** Of a name that a review has where we know none, in characters. */
    private static final int SHOWN = 100;

    private static final Set<String> OPERATIONS = Set.of("CREATE", "UPDATE", "DELETE", "CONNECT");

    public AdmissionRequest {
        groups = List.copyOf(groups);
    }

    /**
     * What logs and metrics tell of a request.
     *
     * @param name of the object; where the API server is yet to give it one, {@code generateName} and {@code *}
     * @param advisory whether the object is only warned of, and nothing denies it
     */
    public record Summary(
            String uid,
            String namespace,
            String kind,
            String name,
            String operation,
            boolean dryRun,
            String user,
            boolean advisory) {
        /** Of what could not be read. */
        static final Summary UNKNOWN = new Summary("", "", "", "", "", false, "", false);
    }

    /**
     * Reads an AdmissionReview of an object of one of {@code kinds}; anything else is a {@link Code#REVIEW_MALFORMED} or {@link
     * Code#REVIEW_UNSUPPORTED}.
     */
    static AdmissionRequest read(JsonNode review, WorkloadKinds kinds) {
        if (!review.isObject() || !"AdmissionReview".equals(review.path("kind").textValue())) {
            throw malformed("it is not an AdmissionReview");
        }
        if (!API_VERSION.equals(review.path("apiVersion").textValue())) {
            throw new Failure(
                    Code.REVIEW_UNSUPPORTED,
                    "Could not read the AdmissionReview: its apiVersion is not %s. Set admissionReviewVersions: [v1] in the webhook configuration."
                            .formatted(API_VERSION));
        }
        JsonNode request = review.path("request");
        String uid = request.path("uid").asText("");
        if (!request.isObject() || uid.isEmpty()) {
            throw malformed("it has no request with a uid");
        }
        String operation = request.path("operation").asText("");
        if (!OPERATIONS.contains(operation)) {
            throw malformed("request.operation is none of CREATE, UPDATE, DELETE, CONNECT");
        }
        String namespace = request.path("namespace").asText("");
        if (!namespace.isEmpty() && !NamespaceName.is(namespace)) {
            throw malformed("request.namespace is not a valid name of a namespace");
        }
        JsonNode object = request.path("object");
        WorkloadKind kind = kind(request.path("kind"), kinds);
        Summary summary = new Summary(
                uid,
                namespace,
                request.path("kind").path("kind").asText(""),
                name(request, object),
                operation,
                request.path("dryRun").asBoolean(),
                request.path("userInfo").path("username").asText(""),
                kind.handling().advisory());
        return new AdmissionRequest(
                summary,
                groups(request),
                request.path("subResource").asText(""),
                kind,
                object,
                present(request.path("oldObject")));
    }

    private static List<String> groups(JsonNode request) {
        List<String> groups = new ArrayList<>();
        request.path("userInfo").path("groups").forEach(group -> groups.add(group.asText("")));
        return groups;
    }

    private static String name(JsonNode request, JsonNode object) {
        String name = request.path("name").asText("");
        if (name.isEmpty()) {
            name = object.path("metadata").path("name").asText("");
        }
        return name.isEmpty() ? object.path("metadata").path("generateName").asText("") + "*" : name;
    }

    private static JsonNode present(JsonNode node) {
        return node.isNull() ? MissingNode.getInstance() : node;
    }

    private static WorkloadKind kind(JsonNode kind, WorkloadKinds kinds) {
        String group = kind.path("group").asText("");
        String version = kind.path("version").asText("");
        String name = kind.path("kind").asText("");
        return kinds.find(group, version, name)
                .orElseThrow(() -> new Failure(
                        Code.REVIEW_UNSUPPORTED,
                        "Could not decide on kind \"%s/%s %s\": only %s are supported. Register the webhook for %s alone."
                                .formatted(
                                        shown(group), shown(version), shown(name), kinds.titles(), kinds.resources())));
    }

    /** Throws a {@link Code#REVIEW_MALFORMED} where what comes in, or was there, is nothing that its kind could be. */
    void checkObjects() {
        checkObject(object, kind.api().kind(), "request.object");
        if (isUpdate()) {
            checkObject(oldObject, kind.api().kind(), "request.oldObject");
        }
    }

    private static void checkObject(JsonNode object, String kind, String where) {
        if (!object.isObject()) {
            throw malformed(where + " is missing");
        }
        if (!kind.equals(object.path("kind").asText(kind))) {
            throw malformed("%s is not a %s".formatted(where, kind));
        }
        for (String field : List.of("metadata", "spec")) {
            if (object.has(field) && !object.get(field).isObject()) {
                throw malformed("%s.%s is not an object".formatted(where, field));
            }
        }
    }

    private static String shown(String text) {
        return Shown.of(text, SHOWN);
    }

    private static Failure malformed(String why) {
        return new Failure(
                Code.REVIEW_MALFORMED,
                "Could not read the AdmissionReview: %s. Check what sent it; the API server sends kind AdmissionReview of %s."
                        .formatted(why, API_VERSION));
    }

    boolean isCreate() {
        return "CREATE".equals(summary.operation());
    }

    boolean isUpdate() {
        return "UPDATE".equals(summary.operation());
    }

    /** Whether it changes the images of a subresource alone, and none of the object's metadata. */
    boolean ofSubresource() {
        return kind.api().subresources().contains(subresource);
    }

    /**
     * Whether it is a static Pod's copy in the API server, which the node runs whatever is answered. The annotation alone is no proof, for anybody
     * may write it; a mirror Pod is made by the node that it names. That is all a node may do with it, so an UPDATE is never excused.
     */
    boolean mirror() {
        if (!kind.handling().mirrored()
                || !isCreate()
                || !object.path("metadata").path("annotations").has(MIRROR)) {
            return false;
        }
        String node = object.path("spec").path("nodeName").asText("");
        return !node.isEmpty() && summary.user().equals(NODE_USER + node) && groups.contains(NODES);
    }

    /** Whether the object opted out of mutation, of which policy takes no notice. */
    boolean optedOut() {
        JsonNode label = object.path("metadata").path("labels").path(Annotations.ADMISSION_LABEL);
        return Annotations.DISABLED.equals(label.textValue());
    }

    /** The labels of its Pods, as they would be. */
    Map<String, String> podLabels() {
        return kind.podLabels(object);
    }

    /**
     * Whether it was being deleted before this request. What the new object says does not count: its deletionTimestamp is the client's until
     * the API server has put the stored one in its place.
     */
    boolean beingDeleted() {
        return oldObject.path("metadata").hasNonNull("deletionTimestamp");
    }
}
