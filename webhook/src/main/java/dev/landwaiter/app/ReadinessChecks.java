package dev.landwaiter.app;

import dev.landwaiter.certs.CoveredCertificateSource;
import dev.landwaiter.controller.CertificateTask;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.server.CallerRule;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.tuf.RefreshedTrustRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What {@code /readyz} asks of the parts of the webhook, and in which words they answer. */
final class ReadinessChecks {
    /** Said at the start too. */
    static final String NO_PROVEN_CALLER =
            "no caller can prove to be the API server, so no pull secrets or other credentials are used: set --client-ca with --client-names, or --trust-network (docs/security/callers.md)";

    /** So many broken policies are named. */
    private static final int NAMED = 5;

    private ReadinessChecks() {}

    /** Whether the API server trusts the certificate that is served: where it does not, another replica may do better. */
    static Readiness.Check trustedCertificate(CoveredCertificateSource certificates) {
        return new Readiness.Check("trusted certificate", () -> switch (certificates.trust()) {
            case CoveredCertificateSource.Trust.Trusted(var places) ->
                new Readiness.State.Ready(places == 1 ? "1 caBundle verifies it" : places + " caBundles verify it");
            case CoveredCertificateSource.Trust.Unknown(var why) -> new Readiness.State.Degraded(why);
            case CoveredCertificateSource.Trust.Refused(var why) -> new Readiness.State.NotReady(why);
        });
    }

    /** Whether the certificates are kept. One that cannot is not taken out of service: nobody else could do better. */
    static Readiness.Check rotation(CertificateTask certificates) {
        return new Readiness.Check(
                "certificates",
                () -> certificates
                        .controller()
                        .problem()
                        .<Readiness.State>map(Readiness.State.Degraded::new)
                        .orElseGet(() -> new Readiness.State.Ready(
                                certificates.leads()
                                        ? "this process keeps them"
                                        : "another process keeps them, or nobody yet")));
    }

    static Readiness.Check policyFolder(PolicyFolder folder, FolderWatch watch) {
        return lastGood(
                "policy folder",
                watch::problem,
                () -> counted(folder.current().policies().size()));
    }

    private static String counted(int policies) {
        return policies == 1 ? "1 policy" : policies + " policies";
    }

    static Readiness.Check registryAuthorities(RegistryAuthorities authorities) {
        return lastGood(
                "registry authorities",
                authorities::problem,
                () -> authorities.registries() == 1
                        ? "of 1 registry"
                        : "of %d registries".formatted(authorities.registries()));
    }

    static Readiness.Check registryCredentials(LiveCredentials credentials) {
        return lastGood("registry credentials", credentials::problem, () -> "as their file says");
    }

    /** Of the Secrets and ConfigMaps that ImagePolicies name: what was read of them last decides while they cannot be read again. */
    static Readiness.Check polled(IntSupplier count, Supplier<Optional<String>> problem) {
        return lastGood(
                "keys of ImagePolicies",
                () -> problem.get().map(why -> why + ". What was read last decides"),
                () -> count.getAsInt() == 1
                        ? "1 Secret or ConfigMap is read in turn"
                        : "%d Secrets and ConfigMaps are read in turn".formatted(count.getAsInt()));
    }

    /** Of what is read again when it changes: where it cannot be used, what was read last stays in force. */
    private static Readiness.Check lastGood(String name, Supplier<Optional<String>> problem, Supplier<String> detail) {
        return new Readiness.Check(
                name,
                () -> problem.get()
                        .<Readiness.State>map(Readiness.State.Degraded::new)
                        .orElseGet(() -> new Readiness.State.Ready(detail.get())));
    }

    /**
     * Which policies of the cluster cannot be applied as written: they refuse what they match, and their admin may not look at their status.
     * Tenants' policies are left out: nothing that a tenant names is shown here, and nothing of theirs degrades the program.
     */
    static Readiness.Check clusterPolicies(PolicySource policies) {
        return new Readiness.Check("cluster policies", () -> {
            List<ImagePolicy> ofCluster = policies.current().policies().stream()
                    .filter(ImagePolicy::clusterScoped)
                    .toList();
            List<String> broken = ofCluster.stream()
                    .filter(ImagePolicy::broken)
                    .map(policy -> "%s is broken: %s".formatted(policy.title(), policy.problem()))
                    .sorted()
                    .toList();
            if (broken.isEmpty()) {
                return new Readiness.State.Ready(counted(ofCluster.size()));
            }
            String more = broken.size() > NAMED ? "; and %d more".formatted(broken.size() - NAMED) : "";
            return new Readiness.State.Degraded(String.join("; ", broken.subList(0, Math.min(NAMED, broken.size())))
                    + more);
        });
    }

    /** A broken one leaves those policies broken that name it, and no others. */
    static Readiness.Check trustRoots(Supplier<List<TrustRoot>> all) {
        return new Readiness.Check("trust roots", () -> {
            List<TrustRoot> roots = all.get();
            List<String> broken = roots.stream()
                    .filter(TrustRoot::broken)
                    .map(root -> "%s is broken: %s".formatted(root.title(), root.problem()))
                    .sorted()
                    .toList();
            return broken.isEmpty()
                    ? new Readiness.State.Ready(roots.size() + " of the cluster, and the public good instance's")
                    : new Readiness.State.Degraded(String.join("; ", broken));
        });
    }

    /** An old trust root is better than none. */
    static Readiness.Check trustRootRefresh(RefreshedTrustRoot root) {
        return lastGood(
                "trust root refresh", () -> root.problem().map(Failure::message), () -> "in force is " + root.origin());
    }

    /** Who counts as the API server, and the authorities that say so. */
    static List<Readiness.Check> callers(CallerRule callers) {
        List<Readiness.Check> checks = new ArrayList<>();
        checks.add(new Readiness.Check("callers", () -> switch (callers) {
            case CallerRule.ByCertificate(var certificates) ->
                new Readiness.State.Ready(
                        "the API server's certificate counts; %d known".formatted(certificates.size()));
            case CallerRule.TrustedNetwork() ->
                new Readiness.State.Ready("everyone who reaches the port counts as the API server (--trust-network)");
            case CallerRule.Nobody() -> new Readiness.State.Degraded(NO_PROVEN_CALLER);
        }));
        if (callers instanceof CallerRule.ByCertificate(var certificates)) {
            for (CallerRule.KnownCertificate certificate : certificates) {
                checks.add(Readiness.Check.authorities(certificate));
            }
        }
        return checks;
    }
}
