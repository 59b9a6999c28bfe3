package dev.landwaiter.cli;

import dev.landwaiter.app.Engine;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.verify.StaticVerdicts;
import dev.landwaiter.verify.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tries policies on images, one authority after the other.
 *
 * @param namespace that a Pod would be in
 * @param labels that it would have
 * @param now for exceptions, which end
 */
record PolicyTrial(
        Engine engine,
        PolicySet policies,
        Namespaces namespaces,
        String namespace,
        Map<String, String> labels,
        AdmissionRules.NoMatch noMatch,
        Instant now) {
    PolicyTrial {
        policies = policies.in(namespace);
        labels = Map.copyOf(labels);
    }

    /**
     * What came of one image.
     *
     * @param pinned the reference with its digest; {@code ""} where none was looked up or there is none
     * @param noMatch whether no enforcing ClusterImagePolicy is for it, so that the no-match setting decides
     */
    record Tried(String reference, String pinned, List<PolicyResult> policies, boolean noMatch, int exit) {
        Tried {
            policies = List.copyOf(policies);
        }
    }

    /** What one policy says of it, as a whole and by authority. */
    record PolicyResult(
            ImagePolicy policy,
            Verdict verdict,
            List<AuthorityResult> authorities,
            @Nullable Exemption exemption) {
        PolicyResult {
            authorities = List.copyOf(authorities);
        }

        int exit() {
            if (policy.mode() != Mode.ENFORCE || exemption != null) {
                return ExitCode.FINE;
            }
            return switch (verdict) {
                case Verdict.Verified _ -> ExitCode.FINE;
                case Verdict.Rejected _ -> ExitCode.REFUSED;
                case Verdict.Unavailable _ ->
                    policy.onUnavailable() == OnUnavailable.ADMIT ? ExitCode.FINE : ExitCode.COULD_NOT_CHECK;
            };
        }
    }

    record AuthorityResult(String name, Verdict verdict) {}

    Tried of(String text, Deadline deadline) {
        ImageReference reference = ImageReference.parse(text);
        List<ImagePolicy> matching = matching(reference, deadline);
        boolean looksUp = matching.stream().anyMatch(PolicyTrial::depends);
        Optional<Image> image = Optional.empty();
        Optional<Verdict> failed = Optional.empty();
        if (looksUp) {
            try {
                image = Optional.of(engine.resolve(reference, deadline));
            } catch (Failure e) {
                failed = Optional.of(Verdict.of(e));
            }
        }
        List<PolicyResult> results = new ArrayList<>();
        for (ImagePolicy policy : matching) {
            results.add(result(policy, reference, image, failed, deadline));
        }
        boolean none = matching.stream().noneMatch(policy -> policy.clusterScoped() && policy.mode() == Mode.ENFORCE);
        int exit = none && noMatch == AdmissionRules.NoMatch.DENY ? ExitCode.REFUSED : ExitCode.FINE;
        for (PolicyResult result : results) {
            exit = ExitCode.worse(exit, result.exit());
        }
        String pinned = image.map(found -> reference.pinned(found.digest())).orElse("");
        return new Tried(text, pinned, results, none, exit);
    }

    private List<ImagePolicy> matching(ImageReference reference, Deadline deadline) {
        Optional<Map<String, String>> ofNamespace = namespaces.labels(namespace, deadline);
        return policies.matching(reference).stream()
                .filter(policy -> policy.isForPod(labels))
                .filter(policy -> ofNamespace.isEmpty() || policy.namespaces().matches(ofNamespace.get()))
                .toList();
    }

    private static boolean depends(ImagePolicy policy) {
        return StaticVerdicts.find(policy).isEmpty();
    }

    private PolicyResult result(
            ImagePolicy policy,
            ImageReference reference,
            Optional<Image> image,
            Optional<Verdict> failed,
            Deadline deadline) {
        Verdict verdict = verdict(policy, image, failed, deadline);
        List<AuthorityResult> authorities = new ArrayList<>();
        if (!policy.broken()) {
            for (Authority authority : policy.authorities()) {
                authorities.add(new AuthorityResult(
                        authority.name(), verdict(alone(policy, authority), image, failed, deadline)));
            }
        }
        @Nullable
        Digest digest = reference.digest().or(() -> image.map(Image::digest)).orElse(null);
        @Nullable
        Exemption exemption = verdict instanceof Verdict.Verified
                ? null
                : policies.exemption(policy, reference, digest, namespace, now).orElse(null);
        return new PolicyResult(policy, verdict, authorities, exemption);
    }

    private Verdict verdict(ImagePolicy policy, Optional<Image> image, Optional<Verdict> failed, Deadline deadline) {
        return StaticVerdicts.find(policy)
                .or(() -> failed)
                .orElseGet(() -> engine.verify(image.orElseThrow(), policy, deadline));
    }

    /** The policy, had it this one authority. What was found of an image is remembered, so that asking again costs no request. */
    private static ImagePolicy alone(ImagePolicy policy, Authority authority) {
        return new ImagePolicy(
                policy.name(),
                policy.namespace(),
                policy.images(),
                policy.namespaces(),
                policy.pods(),
                policy.mode(),
                policy.onUnavailable(),
                List.of(authority),
                1,
                null,
                Digest.sha256((policy.contentDigest() + "\0" + authority.name()).getBytes(StandardCharsets.UTF_8))
                        .hex());
    }
}
