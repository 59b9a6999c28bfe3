package dev.landwaiter.doctor;

import dev.landwaiter.lint.Severity;
import java.util.Locale;

/** The stable name of what may be wrong, and how much it matters. Never renamed: people filter by it. */
public enum FindingCode {
    CANNOT_LOOK(Severity.WARNING, "something could not be looked at, mostly because a right is missing"),

    CONFIGURATION_MISSING(Severity.ERROR, "a webhook configuration is missing, so the API server calls nobody"),
    SEVERAL_INSTALLATIONS(Severity.INFO, "there are several installations, and one of them was looked at"),
    CONFIGURATIONS_DIFFER(Severity.ERROR, "/mutate and /validate are not called for the same requests"),
    RULES_INCOMPLETE(Severity.ERROR, "some ways to bring an image into a Pod are not registered"),
    FAIL_OPEN(Severity.WARNING, "Pods get in unchecked while no replica answers"),
    TIMEOUT_SHORT(Severity.WARNING, "the API server waits too short a time for registries to answer"),
    MATCH_CONDITIONS_MISSING(Severity.WARNING, "every change of a Pod calls the webhook, also while it is down"),
    OWN_NAMESPACE_SELECTED(Severity.ERROR, "the webhook's own Pods need the webhook"),
    KUBE_SYSTEM_SELECTED(Severity.ERROR, "the Pods of the control plane need the webhook"),
    OPTED_IN_BUT_EXCLUDED(Severity.WARNING, "a namespace has the opt-in label, and is left out all the same"),
    NOTHING_OPTED_IN(Severity.INFO, "no namespace is opted in"),

    BUNDLE_MISSING(Severity.ERROR, "the API server trusts no certificate of the webhook"),
    BUNDLE_UNREADABLE(Severity.ERROR, "a caBundle holds no certificate that can be read"),
    BUNDLE_EXPIRED(Severity.ERROR, "every authority in a caBundle has expired"),
    CERTIFICATE_MISSING(Severity.ERROR, "the Secret with the webhook's certificate is missing or empty"),
    CERTIFICATE_UNREADABLE(Severity.ERROR, "the webhook's certificate cannot be read"),
    CERTIFICATE_EXPIRED(Severity.ERROR, "the webhook's certificate is not valid now"),
    CERTIFICATE_EXPIRES(Severity.WARNING, "the webhook's certificate expires soon, and should have been renewed"),
    CERTIFICATE_OF_OTHER_NAME(Severity.ERROR, "the webhook's certificate is for another name than the Service's"),
    CERTIFICATE_NOT_TRUSTED(Severity.ERROR, "the webhook's certificate does not verify against a caBundle"),
    INJECTOR_OLD(Severity.WARNING, "cert-manager's injector is not known to keep the old authority"),

    RIGHT_MISSING(Severity.ERROR, "the webhook lacks a right that it needs"),
    PULL_SECRETS_UNREADABLE(Severity.INFO, "the webhook may not read pull Secrets"),
    RIGHT_TOO_MUCH(Severity.ERROR, "the webhook's account may do more than it needs, and what that is matters"),

    DEPLOYMENT_MISSING(Severity.ERROR, "the Deployment of the webhook is missing"),
    NO_REPLICA_READY(Severity.ERROR, "no replica is ready"),
    REPLICAS_NOT_READY(Severity.WARNING, "fewer replicas are ready than there should be"),
    ONE_REPLICA(Severity.WARNING, "there is one replica, so every update is an outage"),
    ONE_NODE(Severity.WARNING, "all replicas are on one node"),
    BUDGET_MISSING(Severity.WARNING, "no PodDisruptionBudget keeps a replica up while nodes are drained"),
    BUDGET_BLOCKS(Severity.WARNING, "the PodDisruptionBudget lets no node be drained"),

    SERVICE_MISSING(Severity.ERROR, "the Service that the API server calls is missing"),
    SERVICE_PORT_MISSING(Severity.ERROR, "the Service has no such port as the configuration names"),
    NO_ENDPOINT(Severity.ERROR, "no ready endpoint is behind the Service"),
    WEBHOOK_UNREACHABLE(Severity.ERROR, "the API server could not call the webhook for a Pod on trial"),
    WEBHOOK_NOT_CALLED(Severity.ERROR, "a Pod on trial was taken without a call of the webhook"),
    TRIAL_DENIED(Severity.INFO, "the webhook answers, and denied the Pod on trial"),
    TRIAL_ADMITTED(Severity.INFO, "the webhook answers, and admitted the Pod on trial"),
    TRIAL_REFUSED(Severity.WARNING, "something else refused the Pod on trial"),

    DEFINITION_MISSING(Severity.ERROR, "a CustomResourceDefinition is missing"),
    DEFINITION_NOT_ESTABLISHED(Severity.ERROR, "the API server does not serve a kind of ours"),
    DEFINITION_VERSION(Severity.ERROR, "a CustomResourceDefinition does not serve the version that is read"),
    GUARD_MISSING(Severity.WARNING, "a guard is missing: labels or records can be written by others"),
    GUARD_UNBOUND(Severity.WARNING, "a guard is not bound, and so refuses nothing"),
    OBJECT_NOT_READY(Severity.WARNING, "a policy, exception or TrustRoot cannot be used as written"),
    CLOCK_SKEW(Severity.WARNING, "the clocks here and at the API server differ"),
    LEASE_HOLDER_GONE(Severity.WARNING, "a Lease is held by a Pod that is gone");

    private final Severity severity;
    private final String meaning;

    FindingCode(Severity severity, String meaning) {
        this.severity = severity;
        this.meaning = meaning;
    }

    public Severity severity() {
        return severity;
    }

    /** In half a sentence, for documentation. */
    public String meaning() {
        return meaning;
    }

    /** As people write it: {@code bundle-missing}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
