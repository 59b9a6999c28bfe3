package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.LiveBundles;
import dev.landwaiter.certs.TrustPlace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two webhook configurations of one name, each watched by its name alone, and whom the API server trusts by them. */
public final class WebhookConfigurations implements LiveBundles, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookConfigurations.class);
    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";

    private final Watched<MutatingWebhookConfiguration> mutating;
    private final Watched<ValidatingWebhookConfiguration> validating;

    /** One of them; what was read of it last stays while its watch is down. */
    private static final class Watched<T extends HasMetadata> {
        private final SharedIndexInformer<T> informer;
        private final Watching watching;
        private final Function<T, List<TrustPlace>> reader;
        private volatile @Nullable Read read;

        private record Read(String version, List<TrustPlace> places) {}

        Watched(
                SharedIndexInformer<T> informer,
                Watching.Subject subject,
                Function<T, List<TrustPlace>> reader,
                Runnable news) {
            this.informer = informer;
            this.reader = reader;
            SharedIndexInformer<T> _ = informer.addEventHandler(new WatchedKind.Events<>(_ -> news.run()));
            this.watching = Watching.start(informer, subject, LOG, news);
        }

        /** The places, or {@code null} where it has not been listed. */
        @Nullable
        List<TrustPlace> places() {
            if (!informer.hasSynced()) {
                return null;
            }
            List<TrustPlace> all = new ArrayList<>();
            for (T one : informer.getStore().list()) {
                all.addAll(places(one));
            }
            return all;
        }

        /** Certificates are parsed again only where something changed. */
        private List<TrustPlace> places(T configuration) {
            String version = configuration.getMetadata().getResourceVersion();
            Read before = read;
            if (before != null && before.version().equals(version)) {
                return before.places();
            }
            List<TrustPlace> places = reader.apply(configuration);
            read = new Read(version, places);
            return places;
        }
    }

    /**
     * Starts to watch at once.
     *
     * @param news called after each change, and once it is known whether they are there
     */
    public WebhookConfigurations(ClusterConnection cluster, String name, Runnable news) {
        var group = cluster.client().admissionRegistration().v1();
        this.mutating = new Watched<>(
                group.mutatingWebhookConfigurations().withName(name).runnableInformer(0),
                new Watching.Subject(
                        cluster,
                        Watches.CERTIFICATES,
                        "MutatingWebhookConfiguration " + name,
                        GROUP + "mutatingwebhookconfigurations"),
                ConfigurationPlaces::of,
                news);
        this.validating = new Watched<>(
                group.validatingWebhookConfigurations().withName(name).runnableInformer(0),
                new Watching.Subject(
                        cluster,
                        Watches.CERTIFICATES,
                        "ValidatingWebhookConfiguration " + name,
                        GROUP + "validatingwebhookconfigurations"),
                ConfigurationPlaces::of,
                news);
    }

    @Override
    public Known now() {
        List<TrustPlace> mutate = mutating.places();
        List<TrustPlace> validate = validating.places();
        if (mutate != null && validate != null) {
            List<TrustPlace> all = new ArrayList<>(mutate);
            all.addAll(validate);
            return new Known.Places(all);
        }
        Watching missing = mutate == null ? mutating.watching : validating.watching;
        return missing.answered() ? new Known.Unreadable(missing.trouble()) : new Known.Pending();
    }

    @Override
    public void close() {
        mutating.watching.close();
        validating.watching.close();
    }
}
