package dev.landwaiter.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.admission.Keychains;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.ImageChecks;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.verify.PolicyVerifier;
import dev.landwaiter.verify.RememberingVerifier;
import dev.landwaiter.verify.SourceKeychains;
import dev.landwaiter.verify.VerdictSettings;
import dev.landwaiter.verify.Verifier;
import java.time.InstantSource;
import java.util.List;

/** What decides: the rules of the settings, the verifier and the pipelines, on top of the registry's stack. */
final class Decisions {
    /** The part of what verdicts may take that those take which were found without a tenant's credentials. */
    private static final long OF_ANYBODY = 10;

    private static final String NO_CREDENTIALS =
            "the Pod's pull secrets are not used, because this webhook cannot tell that the API server asks: see docs/security/callers.md";

    private final Settings settings;
    private final Sources sources;
    private final RegistryStack stack;
    private final AdmissionRules rules;
    private final Verifier verifier;
    private final AdmissionPipeline pipeline;
    private final AdmissionPipeline withoutCredentials;

    Decisions(Settings settings, Sources sources, RegistryStack stack) {
        this.settings = settings;
        this.sources = sources;
        this.stack = stack;
        this.rules = rules(settings);
        Limits limits = settings.get(SettingRows.LIMIT);
        long bytes = limits.get(Limit.REMEMBERED_VERDICT_BYTES);
        Keychain docker = stack.keychain();
        this.verifier = verifier(sourceKeychains(), bytes);
        this.pipeline = pipeline(sources.keychains().orElse((namespace, secrets, account) -> docker), verifier);
        this.withoutCredentials = pipeline(
                (namespace, secrets, account) ->
                        (reference, deadline) -> Keychain.Found.anonymous(List.of(NO_CREDENTIALS)),
                verifier(SourceKeychains.NONE, bytes / OF_ANYBODY));
    }

    private static AdmissionRules rules(Settings settings) {
        return new AdmissionRules(
                AdmissionRules.NoMatch.valueOf(
                        settings.get(SettingRows.NO_MATCH).name()),
                AdmissionRules.OnUnresolved.valueOf(
                        settings.get(SettingRows.ON_UNRESOLVED).name()),
                settings.get(SettingRows.PLATFORM));
    }

    /** The Secrets that a policy names for its signatures are read as a Pod's are; without a cluster the docker configuration serves. */
    private SourceKeychains sourceKeychains() {
        Keychain docker = stack.keychain();
        return sources.keychains()
                .<SourceKeychains>map(
                        keychains -> source -> keychains.forPod(source.namespace(), source.signaturePullSecrets(), ""))
                .orElse(source -> docker);
    }

    private Verifier verifier(SourceKeychains keychains, long bytes) {
        return new RememberingVerifier(
                new PolicyVerifier(
                        stack.artifacts(),
                        keychains,
                        new BundleVerifier(InstantSource.system(), settings.get(SettingRows.LIMIT)),
                        settings.get(SettingRows.LIMIT),
                        Ticker.systemTicker()),
                keychains,
                new VerdictSettings(
                        bytes, settings.get(SettingRows.VERDICT_TTL), settings.get(SettingRows.FAILURE_TTL)),
                Ticker.systemTicker());
    }

    private AdmissionPipeline pipeline(Keychains keychains, Verifier verifying) {
        return new AdmissionPipeline(
                sources.policies(),
                sources.namespaces(),
                keychains,
                stack.images(),
                verifying,
                rules,
                settings.get(SettingRows.LIMIT),
                InstantSource.system());
    }

    /** Says of images what the pipeline would say of Pods with them. */
    ImageTrial trial() {
        Limits limits = settings.get(SettingRows.LIMIT);
        return new ImageTrial(
                new ImageChecks(stack.images(), verifier, rules.platform(), limits),
                sources.policies(),
                sources.namespaces(),
                stack.keychain(),
                rules,
                limits,
                InstantSource.system());
    }

    AdmissionRules rules() {
        return rules;
    }

    AdmissionPipeline pipeline() {
        return pipeline;
    }

    /** For reviews of whoever has not proved to be the API server: the same decisions, for which no credential is used. */
    AdmissionPipeline pipelineWithoutCredentials() {
        return withoutCredentials;
    }
}
