package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A cluster's policies, exceptions, trust roots and namespaces as a webhook there would read them, for a person who looks once. Writes nothing. It
 * asks with the person's own rights, and says which of them are missing before it waits for anything.
 */
public final class ClusterView implements AutoCloseable {
    private static final long ONE = 1;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final ClusterPolicies policies;
    private final Namespaces namespaces;

    private ClusterView(ClusterPolicies policies, Namespaces namespaces) {
        this.policies = policies;
        this.namespaces = namespaces;
    }

    /**
     * Reads the policies of {@code cluster}, all of which have been read once this returns.
     *
     * @param ownNamespace its webhook's, whose Secrets and ConfigMaps ClusterImagePolicies and TrustRoots may name
     * @param publicGood the trust root of whoever names none
     * @throws Failure {@code CLUSTER_UNAVAILABLE} where they can't be read
     */
    public static ClusterView open(
            ClusterConnection cluster,
            String ownNamespace,
            Supplier<TrustedRoot> publicGood,
            Limits limits,
            InstantSource clock,
            Deadline deadline) {
        checkRights(cluster, deadline);
        ClusterPolicies policies = ClusterPolicies.readOnly(
                cluster,
                ownNamespace,
                publicGood,
                limits,
                clock,
                deadline.remaining().dividedBy(2));
        try {
            if (!policies.awaitSynced(deadline)) {
                throw new Failure(
                        Code.CLUSTER_UNAVAILABLE,
                        "Could not read the policies of the cluster at %s: they were listed, and could not be watched in time. Check that you may watch %s, or raise --timeout."
                                .formatted(cluster.address(), names(List.of(PolicyKind.values()))));
            }
            return new ClusterView(policies, (name, asked) -> ClusterNamespaces.ask(cluster, name, asked));
        } catch (RuntimeException e) {
            policies.close();
            throw e;
        }
    }

    /** Lists one object of each kind, so that all rights that are missing are told at once. */
    private static void checkRights(ClusterConnection cluster, Deadline deadline) {
        List<PolicyKind> forbidden = new ArrayList<>();
        for (PolicyKind kind : PolicyKind.values()) {
            if (!mayList(cluster, kind, deadline)) {
                forbidden.add(kind);
            }
        }
        if (!forbidden.isEmpty()) {
            throw new Failure(
                    Code.CLUSTER_UNAVAILABLE,
                    "Could not read %s of the cluster at %s: the API server answered 403 Forbidden. Ask an admin of the cluster for the right to get, list and watch them; docs/cli.md has a ClusterRole for it, and 'kubectl auth can-i list %s -A' says whether you have it."
                            .formatted(names(forbidden), cluster.address(), name(forbidden.getFirst())));
        }
    }

    private static boolean mayList(ClusterConnection cluster, PolicyKind kind, Deadline deadline) {
        return cluster.ask(
                client -> {
                    try {
                        Object _ = client.genericKubernetesResources(kind.resource())
                                .inAnyNamespace()
                                .list(new ListOptionsBuilder().withLimit(ONE).build());
                        return true;
                    } catch (KubernetesClientException e) {
                        return switch (e.getCode()) {
                            case FORBIDDEN -> false;
                            case UNAUTHORIZED ->
                                throw unreadable(
                                        kind,
                                        cluster,
                                        "the API server answered 401 Unauthorized. Check that the credentials of the kubeconfig are still good, for instance by kubectl auth whoami.");
                            case NOT_FOUND ->
                                throw unreadable(
                                        kind,
                                        cluster,
                                        "the API server has no such kind. Install Landwaiter's CRDs there, or name another cluster.");
                            default -> throw e;
                        };
                    }
                },
                Code.CLUSTER_UNAVAILABLE,
                name(kind),
                deadline);
    }

    private static Failure unreadable(PolicyKind kind, ClusterConnection cluster, String why) {
        return new Failure(
                Code.CLUSTER_UNAVAILABLE,
                "Could not read %s of the cluster at %s: %s".formatted(name(kind), cluster.address(), why));
    }

    private static String names(List<PolicyKind> kinds) {
        return String.join(", ", kinds.stream().map(ClusterView::name).toList());
    }

    /** As kubectl takes it: {@code trustroots.landwaiter.dev}. */
    private static String name(PolicyKind kind) {
        return kind.plural() + ".landwaiter.dev";
    }

    public PolicySource policies() {
        return policies;
    }

    /** Each is asked for when a selector needs its labels. */
    public Namespaces namespaces() {
        return namespaces;
    }

    @Override
    public void close() {
        policies.close();
    }
}
