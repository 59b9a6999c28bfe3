package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.Chains;
import dev.landwaiter.certs.PemReader;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the API server would trust the certificate that the webhook serves. */
final class ServedCertificateCheck {
    /** Everybody who renews does so while a third of the life is left. */
    private static final int LATE_SHARE = 6;

    private static final String RENEW =
            "See why it was not renewed: the log of the controller, or kubectl describe of cert-manager's Certificate.";

    private ServedCertificateCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        Optional<List<X509Certificate>> served = served(snapshot, findings);
        served.ifPresent(chain -> lookAt(chain.getFirst(), snapshot, findings));
        for (Configurations.Entry entry : Configurations.allEntries(snapshot)) {
            bundle(entry, snapshot, findings)
                    .ifPresent(bundle -> served.ifPresent(chain -> verify(chain, bundle, entry, snapshot, findings)));
        }
    }

    private static Optional<List<X509Certificate>> bundle(
            Configurations.Entry entry, Snapshot snapshot, Findings findings) {
        String text = entry.node().path("clientConfig").path("caBundle").asText();
        if (text.isBlank()) {
            if (snapshot.installation().isInCluster()) {
                findings.add(
                        FindingCode.BUNDLE_MISSING,
                        entry.where(),
                        "It has no caBundle, so the API server trusts no certificate of the webhook and refuses what it is registered for.",
                        "Whoever issues the certificate writes it: look at the log of the controller, or see that cert-manager's cainjector runs.");
            }
            return Optional.empty();
        }
        List<X509Certificate> bundle;
        try {
            bundle = PemReader.certificates(Base64.getMimeDecoder().decode(text), "caBundle");
        } catch (CertificateInvalid | IllegalArgumentException e) {
            findings.add(
                    FindingCode.BUNDLE_UNREADABLE,
                    entry.where(),
                    "Its caBundle holds no certificate that can be read.",
                    "Remove the field caBundle: our controller or cert-manager writes it anew.");
            return Optional.empty();
        }
        if (bundle.stream().noneMatch(one -> Chains.validAt(one, snapshot.now()))) {
            findings.add(
                    FindingCode.BUNDLE_EXPIRED,
                    entry.where(),
                    "Every certificate in its caBundle is out of date; the last expired at %s."
                            .formatted(bundle.stream()
                                    .map(one -> one.getNotAfter().toInstant())
                                    .max(Instant::compareTo)
                                    .orElseThrow()),
                    RENEW);
            return Optional.empty();
        }
        return Optional.of(bundle);
    }

    private static String where(Snapshot snapshot) {
        return "Secret \"%s/%s\""
                .formatted(
                        snapshot.installation().namespace(),
                        snapshot.installation().secret());
    }

    private static Optional<List<X509Certificate>> served(Snapshot snapshot, Findings findings) {
        if (!snapshot.installation().isInCluster()
                || !snapshot.part(Part.SECRET).isKnown()) {
            return Optional.empty();
        }
        JsonNode data = snapshot.part(Part.SECRET)
                .object()
                .map(secret -> secret.path("data"))
                .orElse(MissingNode.getInstance());
        if (data.path("tls.crt").asText().isEmpty()
                || data.path("tls.key").asText().isEmpty()) {
            findings.add(
                    FindingCode.CERTIFICATE_MISSING,
                    where(snapshot),
                    "It is missing, or has no tls.crt and tls.key: a replica that starts has nothing to serve.",
                    "Our controller or cert-manager writes it anew within a minute; if not, see its log. With certificates.issuer: secret, write it yourself.");
            return Optional.empty();
        }
        try {
            return Optional.of(PemReader.certificates(
                    Base64.getMimeDecoder().decode(data.path("tls.crt").asText()), "tls.crt"));
        } catch (CertificateInvalid | IllegalArgumentException e) {
            findings.add(
                    FindingCode.CERTIFICATE_UNREADABLE,
                    where(snapshot),
                    "Its tls.crt cannot be read as a certificate. Replicas go on with the last good one; one that starts has none.",
                    "Delete the Secret: our controller or cert-manager writes it anew.");
            return Optional.empty();
        }
    }

    private static void lookAt(X509Certificate leaf, Snapshot snapshot, Findings findings) {
        Instant from = leaf.getNotBefore().toInstant();
        Instant to = leaf.getNotAfter().toInstant();
        Duration left = Duration.between(snapshot.now(), to);
        if (!Chains.validAt(leaf, snapshot.now())) {
            findings.add(
                    FindingCode.CERTIFICATE_EXPIRED,
                    where(snapshot),
                    "The certificate is valid from %s to %s, and it is %s now, so the API server refuses it."
                            .formatted(from, to, snapshot.now()),
                    RENEW);
        } else if (left.compareTo(Duration.between(from, to).dividedBy(LATE_SHARE)) < 0) {
            findings.add(
                    FindingCode.CERTIFICATE_EXPIRES,
                    where(snapshot),
                    "The certificate expires at %s, and it should have been renewed before now.".formatted(to),
                    RENEW);
        }
        String name = "%s.%s.svc"
                .formatted(
                        snapshot.installation().service(),
                        snapshot.installation().namespace());
        if (!Chains.isCalled(leaf, name)) {
            findings.add(
                    FindingCode.CERTIFICATE_OF_OTHER_NAME,
                    where(snapshot),
                    "The certificate is for %s, and the API server calls %s."
                            .formatted(
                                    String.join(
                                            ", ", names(leaf).stream().sorted().toList()),
                                    name),
                    "Issue it for that name, or name the right Secret in the chart's values.");
        }
    }

    private static Set<String> names(X509Certificate leaf) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> all = leaf.getSubjectAlternativeNames();
            if (all != null) {
                all.forEach(one -> {
                    boolean _ = names.add(String.valueOf(one.get(1)));
                });
            }
        } catch (CertificateParsingException e) {
            // it then has no name that counts
            return Set.of();
        }
        return names;
    }

    private static void verify(
            List<X509Certificate> chain,
            List<X509Certificate> bundle,
            Configurations.Entry entry,
            Snapshot snapshot,
            Findings findings) {
        X509Certificate leaf = chain.getFirst();
        // one that is out of date is told as such
        if (Chains.validAt(leaf, snapshot.now()) && !Chains.verifies(chain, bundle, snapshot.now())) {
            findings.add(
                    FindingCode.CERTIFICATE_NOT_TRUSTED,
                    entry.where(),
                    "The certificate in %s does not verify against its caBundle: the API server refuses replicas that serve it."
                            .formatted(where(snapshot)),
                    "Wait a minute, since replicas serve the old one until then. If it stays, see who writes caBundle by kubectl get --show-managed-fields.");
        }
    }
}
