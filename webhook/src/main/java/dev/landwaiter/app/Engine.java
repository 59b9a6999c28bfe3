package dev.landwaiter.app;

import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.report.Logs;
import dev.landwaiter.settings.Choices;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.verify.SignatureSurvey;
import java.util.Optional;
import java.util.function.Function;

/**
 * The core put together for a verb: the policies of a folder, if there is one, and of a cluster, if one is named, and the docker configuration's
 * credentials.
 */
public final class Engine implements AutoCloseable {
    private final Opened opened;
    private final RegistryStack stack;
    private final Decisions decisions;
    private final PolicySource policies;
    private final SignatureSurvey survey;

    private Engine(Settings settings, RegistryOptions options, Sources sources, EvidenceTape tape, Opened opened) {
        this.opened = opened;
        SharedVertx vertx = opened.add(new SharedVertx(settings));
        this.stack = opened.add(new RegistryStack(settings, options, vertx, tape, RegistryStack.Listeners.NONE));
        this.decisions = new Decisions(settings, sources, stack);
        this.policies = sources.policies();
        this.survey = new SignatureSurvey(stack.artifacts(), settings.get(SettingRows.LIMIT));
    }

    /** For a verb that decides nothing: no cluster, the policies of {@code --policies}. */
    public static Engine offline(Settings settings, Surroundings surroundings) {
        Optional<PolicyFolder> folder = PolicyFolders.ofSettings(settings);
        return open(settings, surroundings, EvidenceTape.none(), _ -> Sources.withoutCluster(folder));
    }

    /**
     * For a verb that decides: with the policies of {@code folder}, and with the policies and namespaces of the cluster that {@code --kubeconfig}
     * names, if it names one.
     *
     * @param tape through which goes what registries answer
     * @param deadline by which the cluster's policies have been read
     */
    public static Engine deciding(
            Settings settings,
            Surroundings surroundings,
            Optional<PolicyFolder> folder,
            EvidenceTape tape,
            Deadline deadline) {
        return open(
                settings,
                surroundings,
                tape,
                opened -> seesCluster(settings)
                        ? Sources.ofPerson(settings, folder, opened, deadline)
                        : Sources.withoutCluster(folder));
    }

    /** Whether {@link #deciding} looks at a cluster. */
    public static boolean seesCluster(Settings settings) {
        return settings.find(SettingRows.KUBECONFIG).isPresent()
                && settings.get(SettingRows.CLUSTER) != Choices.ClusterUse.OFF;
    }

    private static Engine open(
            Settings settings, Surroundings surroundings, EvidenceTape tape, Function<Opened, Sources> sources) {
        Opened opened = new Opened();
        try {
            opened.add(Logs.start(
                    settings.find(SettingRows.LOG_FORMAT).orElse(Choices.LogFormat.TEXT),
                    settings.get(SettingRows.LOG_LEVEL)));
            PodCredentials.unused(settings).ifPresent(surroundings.err()::println);
            RegistryOptions options = tape.replays()
                    ? RegistryOptions.withoutCredentials(settings)
                    : RegistryOptions.read(settings, surroundings.environment());
            return new Engine(settings, options, sources.apply(opened), tape, opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    public AdmissionPipeline pipeline() {
        return decisions.pipeline();
    }

    public PolicySource policies() {
        return policies;
    }

    public Image resolve(ImageReference reference, Deadline deadline) {
        return stack.images().resolve(reference, credentials(reference, deadline), deadline);
    }

    public ImageDetails details(Image image, Deadline deadline) {
        return stack.images()
                .details(image, decisions.rules().platform(), credentials(image.reference(), deadline), deadline);
    }

    /** What refers to {@code image}, and what of it could not be read. */
    public Partial<Descriptor> referrers(Image image, Deadline deadline) {
        return stack.artifacts()
                .referrers(image.reference(), image.digest(), credentials(image.reference(), deadline), deadline);
    }

    /** What lies beside {@code image}, unverified. */
    public SignatureSurvey.Survey survey(Image image, Deadline deadline) {
        return survey.of(image, credentials(image.reference(), deadline), deadline);
    }

    /** Says of images what the webhook would say of Pods with them. */
    public ImageTrial trial() {
        return decisions.trial();
    }

    public AdmissionRules rules() {
        return decisions.rules();
    }

    private Keychain.Found credentials(ImageReference reference, Deadline deadline) {
        return stack.keychain().find(reference, deadline);
    }

    @Override
    public void close() {
        opened.close();
    }
}
