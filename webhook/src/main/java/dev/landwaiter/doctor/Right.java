package dev.landwaiter.doctor;

import java.util.ArrayList;
import java.util.List;

/**
 * What the webhook's account may be asked to do.
 *
 * @param group of the API, {@code ""} for the core's
 * @param resource with its subresource after a slash, if there is one
 * @param namespace {@code ""}: in all
 * @param name {@code ""}: of all
 */
record Right(Need need, String verb, String group, String resource, String namespace, String name) {
    private static final String OURS = "landwaiter.dev";
    private static final List<String> KINDS =
            List.of("clusterimagepolicies", "imagepolicies", "imagepolicyexceptions", "trustroots");

    /** Whether the program needs it. */
    enum Need {
        NEEDED,
        /** For private images of tenants. */
        WISHED,
        /** Who has it is more than a webhook. */
        TOO_MUCH
    }

    /** All that matter to {@code installation}. */
    static List<Right> of(Installation installation) {
        List<Right> rights = new ArrayList<>();
        for (String kind : KINDS) {
            for (String verb : List.of("get", "list", "watch")) {
                rights.add(new Right(Need.NEEDED, verb, OURS, kind, "", ""));
            }
            rights.add(new Right(Need.NEEDED, "patch", OURS, kind + "/status", "", ""));
            rights.add(new Right(Need.TOO_MUCH, "update", OURS, kind, "", ""));
        }
        for (String verb : List.of("get", "list", "watch")) {
            rights.add(new Right(Need.NEEDED, verb, "", "namespaces", "", ""));
        }
        rights.add(new Right(Need.WISHED, "get", "", "secrets", "", ""));
        rights.add(new Right(Need.WISHED, "get", "", "serviceaccounts", "", ""));
        rights.add(new Right(Need.TOO_MUCH, "list", "", "secrets", "", ""));
        rights.add(new Right(Need.TOO_MUCH, "create", "", "pods", "", ""));
        rights.add(new Right(Need.TOO_MUCH, "impersonate", "", "users", "", ""));
        for (String resource : List.of("mutatingwebhookconfigurations", "validatingwebhookconfigurations")) {
            rights.add(new Right(
                    Need.TOO_MUCH, "patch", "admissionregistration.k8s.io", resource, "", installation.name()));
        }
        return rights;
    }

    /** As people write it: {@code patch trustroots/status.landwaiter.dev}. */
    String text() {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group)
                + (name.isEmpty() ? "" : " \"" + name + "\"");
    }
}
