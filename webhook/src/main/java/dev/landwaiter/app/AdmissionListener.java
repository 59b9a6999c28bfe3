package dev.landwaiter.app;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.certs.FileAuthoritiesSource;
import dev.landwaiter.server.Budgets;
import dev.landwaiter.server.CallerRule;
import dev.landwaiter.server.CallerRule.By;
import dev.landwaiter.server.CallerRule.KnownCertificate;
import dev.landwaiter.server.Listener;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.server.Route;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener for reviews, as the settings say: who counts as the API server there, and what is served. */
final class AdmissionListener {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionListener.class);

    /** As an aggregated API: all that an API server needs to find it available. */
    private static final String AGGREGATED = "/apis/admission.landwaiter.dev/v1alpha1";

    private static final String DISCOVERY =
            "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"admission.landwaiter.dev/v1alpha1\",\"resources\":[]}";

    private final CallerRule callers;

    AdmissionListener(Settings settings) {
        this.callers = callers(settings);
        if (callers instanceof CallerRule.Nobody) {
            LOG.warn("Private images cannot be resolved: {}", ReadinessChecks.NO_PROVEN_CALLER);
        }
    }

    private static CallerRule callers(Settings settings) {
        if (settings.get(SettingRows.TRUST_NETWORK)) {
            return new CallerRule.TrustedNetwork();
        }
        List<KnownCertificate> certificates = new ArrayList<>();
        add(certificates, settings, SettingRows.CLIENT_CA, SettingRows.CLIENT_NAMES, By.API_SERVER);
        add(certificates, settings, SettingRows.FRONT_PROXY_CA, SettingRows.FRONT_PROXY_NAMES, By.FRONT_PROXY);
        return certificates.isEmpty() ? new CallerRule.Nobody() : new CallerRule.ByCertificate(certificates);
    }

    private static void add(
            List<KnownCertificate> certificates,
            Settings settings,
            Setting<Path> authorities,
            Setting<List<String>> names,
            By by) {
        settings.find(authorities)
                .ifPresent(file -> certificates.add(
                        new KnownCertificate(new FileAuthoritiesSource(file), Set.copyOf(settings.get(names)), by)));
    }

    /**
     * The listener itself.
     *
     * @param ofAnybody for reviews of whoever has not proved to be the API server
     */
    Listener listener(Settings settings, Admission ofApiServer, Admission ofAnybody) {
        Map<String, Route> routes = new LinkedHashMap<>();
        Route mutate = Route.reviews(ofApiServer, ofAnybody, Endpoint.MUTATE);
        Route validate = Route.reviews(ofApiServer, ofAnybody, Endpoint.VALIDATE);
        routes.put("/mutate", mutate);
        routes.put("/validate", validate);
        if (settings.find(SettingRows.FRONT_PROXY_CA).isPresent()) {
            routes.put(AGGREGATED, new Route.Document(DISCOVERY));
            routes.put(AGGREGATED + "/mutate", mutate);
            routes.put(AGGREGATED + "/validate", validate);
        }
        return new Listener(
                "admission",
                settings.get(SettingRows.LISTEN),
                SettingRows.LISTEN.flag(),
                routes,
                callers,
                Budgets.ofReviews(settings.get(SettingRows.LIMIT)));
    }

    /** What readiness asks of it. */
    List<Readiness.Check> checks() {
        return ReadinessChecks.callers(callers);
    }
}
