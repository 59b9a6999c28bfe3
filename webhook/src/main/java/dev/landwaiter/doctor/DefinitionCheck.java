package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** Whether our kinds, guards and objects are as they should be. */
final class DefinitionCheck {
    private static final String VERSION = "v1alpha1";
    private static final String HELM = "Install again by helm upgrade, or apply manifests/base anew.";

    private DefinitionCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        for (Part part : List.of(
                Part.CLUSTER_IMAGE_POLICY_DEFINITION,
                Part.IMAGE_POLICY_DEFINITION,
                Part.EXCEPTION_DEFINITION,
                Part.TRUST_ROOT_DEFINITION)) {
            if (snapshot.part(part).isKnown()) {
                String path = part.path(snapshot.installation());
                lookAt(
                        snapshot.part(part).object(),
                        "CustomResourceDefinition \"%s\"".formatted(path.substring(path.lastIndexOf('/') + 1)),
                        findings);
            }
        }
        for (String guard : List.of("opt-in-guard", "records-guard")) {
            lookAtGuard(snapshot.installation().name() + "-" + guard, snapshot, findings);
        }
        for (Part part : List.of(Part.CLUSTER_IMAGE_POLICIES, Part.IMAGE_POLICIES, Part.EXCEPTIONS, Part.TRUST_ROOTS)) {
            snapshot.part(part).items().forEach(object -> lookAtStatus(part, object, findings));
        }
    }

    private static void lookAt(Optional<JsonNode> definition, String where, Findings findings) {
        if (definition.isEmpty()) {
            findings.add(
                    FindingCode.DEFINITION_MISSING,
                    where,
                    "It is not there, so such objects cannot be written, and a replica never becomes ready.",
                    "Install it: crds.install in the chart, or kubectl apply --server-side -k manifests/crds.");
            return;
        }
        if (!isTrue(definition.get(), "Established")) {
            findings.add(
                    FindingCode.DEFINITION_NOT_ESTABLISHED,
                    where,
                    "The API server does not serve it.",
                    "See kubectl describe of it: its conditions say why.");
        }
        boolean served = false;
        for (JsonNode version : definition.get().path("spec").path("versions")) {
            served |= version.path("name").asText().equals(VERSION)
                    && version.path("served").asBoolean();
        }
        if (!served) {
            findings.add(
                    FindingCode.DEFINITION_VERSION,
                    where,
                    "It does not serve %s, which this version of the program reads.".formatted(VERSION),
                    "Bring program and definitions to the same version: crds.install in the chart.");
        }
    }

    private static boolean isTrue(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static void lookAtGuard(String name, Snapshot snapshot, Findings findings) {
        if (!snapshot.part(Part.GUARDS).isKnown()) {
            return;
        }
        String where = "ValidatingAdmissionPolicy \"%s\"".formatted(name);
        boolean there = snapshot.part(Part.GUARDS).items().stream()
                .anyMatch(one -> one.path("metadata").path("name").asText().equals(name));
        if (!there) {
            findings.add(
                    FindingCode.GUARD_MISSING,
                    where,
                    name.endsWith("opt-in-guard")
                            ? "It is not there: whoever may edit a namespace can take its opt-in label away."
                            : "It is not there: records can be written by pods/status and bindings, for which the webhook is not registered.",
                    HELM);
            return;
        }
        boolean bound = snapshot.part(Part.BINDINGS).items().stream()
                .anyMatch(one -> one.path("spec").path("policyName").asText().equals(name)
                        && one.path("spec").path("validationActions").toString().contains("\"Deny\""));
        if (snapshot.part(Part.BINDINGS).isKnown() && !bound) {
            findings.add(
                    FindingCode.GUARD_UNBOUND,
                    where,
                    "No ValidatingAdmissionPolicyBinding with the action Deny names it, so it refuses nothing.",
                    HELM);
        }
    }

    private static void lookAtStatus(Part part, JsonNode object, Findings findings) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")
                    && condition.path("status").asText().equals("False")) {
                JsonNode meta = object.path("metadata");
                String namespace = meta.path("namespace").asText();
                findings.add(
                        FindingCode.OBJECT_NOT_READY,
                        "%s \"%s%s\""
                                .formatted(
                                        part.right().substring("list ".length()),
                                        namespace.isEmpty() ? "" : namespace + "/",
                                        meta.path("name").asText()),
                        "It is not ready (%s): %s"
                                .formatted(
                                        condition.path("reason").asText(),
                                        condition.path("message").asText()),
                        "Fix it; 'landwaiter policy lint' finds most mistakes before they are applied.");
            }
        }
    }
}
