package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.check.AdmissionRules.NoMatch;
import dev.landwaiter.check.AdmissionRules.OnUnresolved;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.Choices.ClusterUse;
import dev.landwaiter.settings.Choices.LogFormat;
import dev.landwaiter.settings.Choices.LogLevel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void writeAFile() throws IOException {
        file = Files.writeString(folder.resolve("file"), "");
    }

    /** For each setting a text and what it becomes; a row without one fails {@link #everySettingHasAnEffect}. */
    private Map<Setting<?>, Effect> effects() {
        Map<Setting<?>, Effect> effects = new LinkedHashMap<>();
        String path = file.toString();
        effects.put(SettingRows.LISTEN, new Effect("[::1]:9443", new HostPort("::1", 9443)));
        effects.put(SettingRows.MANAGEMENT_LISTEN, new Effect("localhost:0", new HostPort("localhost", 0)));
        effects.put(SettingRows.TLS_CERT, new Effect(path, file));
        effects.put(SettingRows.TLS_KEY, new Effect(path, file));
        effects.put(SettingRows.TLS_SECRET, new Effect("landwaiter-tls", "landwaiter-tls"));
        effects.put(SettingRows.WEBHOOK_CONFIGURATION, new Effect("customs.example", "customs.example"));
        effects.put(SettingRows.AUTHORITY_SECRET, new Effect("landwaiter-authority", "landwaiter-authority"));
        effects.put(SettingRows.SERVICE, new Effect("landwaiter", "landwaiter"));
        effects.put(SettingRows.LEASE, new Effect("landwaiter-controller", "landwaiter-controller"));
        effects.put(SettingRows.AUTHORITY_LIFETIME, new Effect("43800h", Duration.ofDays(1825)));
        effects.put(SettingRows.CERTIFICATE_LIFETIME, new Effect("1h", Duration.ofHours(1)));
        effects.put(SettingRows.CLIENT_CA, new Effect(path, file));
        effects.put(SettingRows.CLIENT_NAMES, new Effect("kube-apiserver", List.of("kube-apiserver")));
        effects.put(SettingRows.FRONT_PROXY_CA, new Effect(path, file));
        effects.put(SettingRows.FRONT_PROXY_NAMES, new Effect("front-proxy-client", List.of("front-proxy-client")));
        effects.put(SettingRows.TRUST_NETWORK, new Effect("true", true));
        effects.put(SettingRows.DEADLINE_MARGIN, new Effect("1.5s", Duration.ofMillis(1500)));
        effects.put(SettingRows.DRAIN_DELAY, new Effect("0", Duration.ZERO));
        effects.put(SettingRows.DRAIN, new Effect("1m30s", Duration.ofSeconds(90)));
        effects.put(SettingRows.EVENT_LOOPS, new Effect("3", 3));
        effects.put(SettingRows.CLUSTER, new Effect("off", ClusterUse.OFF));
        effects.put(SettingRows.KUBECONFIG, new Effect(path, file));
        effects.put(SettingRows.OWN_NAMESPACE, new Effect("customs", "customs"));
        effects.put(SettingRows.POLICIES, new Effect(folder.toString(), folder));
        effects.put(SettingRows.NO_MATCH, new Effect("deny", NoMatch.DENY));
        effects.put(SettingRows.ON_UNRESOLVED, new Effect("deny", OnUnresolved.DENY));
        effects.put(SettingRows.PLATFORM, new Effect("linux/arm64/v8", new Platform("linux", "arm64", "v8")));
        effects.put(SettingRows.TRUST_ROOT_REFRESH, new Effect("24h", Duration.ofHours(24)));
        effects.put(SettingRows.TUF_MIRROR, new Effect("https://tuf.corp/repo", URI.create("https://tuf.corp/repo")));
        effects.put(SettingRows.TUF_ROOT, new Effect(path, file));
        effects.put(SettingRows.TUF_CACHE, new Effect(folder.toString(), folder));
        effects.put(
                SettingRows.REGISTRY_CA,
                new Effect("Registry.test:5444=" + path, List.of(new RegistryFile("registry.test:5444", file))));
        effects.put(SettingRows.REGISTRY_PLAIN_HTTP, new Effect("localhost:5000", List.of("localhost:5000")));
        effects.put(SettingRows.ALLOW_ADDRESS, new Effect("127.0.0.0/8", List.of("127.0.0.0/8")));
        effects.put(
                SettingRows.ALLOW_TOKEN_REALM,
                new Effect("ghcr.io=auth.corp:8443", List.of(new TokenRealm("ghcr.io", "auth.corp:8443"))));
        effects.put(
                SettingRows.HTTPS_PROXY,
                new Effect("http://u:p@proxy.corp:3128", URI.create("http://u:p@proxy.corp:3128")));
        effects.put(SettingRows.NO_PROXY, new Effect(".Corp", List.of(".corp")));
        effects.put(SettingRows.REGISTRY_CREDENTIALS, new Effect(path, file));
        effects.put(SettingRows.DOCKER_CONFIG, new Effect(folder.toString(), folder));
        effects.put(SettingRows.TAG_TTL, new Effect("500ms", Duration.ofMillis(500)));
        effects.put(SettingRows.TAG_GRACE, new Effect("2h", Duration.ofHours(2)));
        effects.put(SettingRows.FAILURE_TTL, new Effect("1h", Duration.ofHours(1)));
        effects.put(SettingRows.VERDICT_TTL, new Effect("1h", Duration.ofHours(1)));
        effects.put(SettingRows.MEMORY_TIER, new Effect("1Gi", 1L << 30));
        effects.put(SettingRows.LIMIT, new Effect("redirects=2", 2L));
        effects.put(SettingRows.LOG_FORMAT, new Effect("text", LogFormat.TEXT));
        effects.put(SettingRows.LOG_LEVEL, new Effect("debug", LogLevel.DEBUG));
        return effects;
    }

    private record Effect(String text, Object value) {}

    @TestFactory
    List<DynamicTest> everySettingHasAnEffect() {
        Settings defaults = Settings.resolve(Map.of(), Map.of());
        Map<Setting<?>, Effect> effects = effects();
        List<DynamicTest> tests = new ArrayList<>();
        for (Setting<?> setting : SettingRows.ALL) {
            tests.add(DynamicTest.dynamicTest(setting.flag(), () -> {
                Effect effect = effects.get(setting);
                assertThat(effect).as("every row needs an example here").isNotNull();
                Map<String, List<String>> flags = new LinkedHashMap<>();
                flags.put(setting.flag(), List.of(effect.text()));
                // each of the pair needs the other
                flags.putIfAbsent("--tls-cert", List.of(file.toString()));
                flags.putIfAbsent("--tls-key", List.of(file.toString()));
                flags.putIfAbsent("--trust-root-refresh", List.of("6h"));
                flags.putIfAbsent("--tuf-mirror", List.of("https://tuf.test"));
                companions(setting).forEach((flag, text) -> flags.putIfAbsent(flag.flag(), List.of(text)));

                assertThat(value(defaults, setting)).isNotEqualTo(effect.value());
                assertThat(value(Settings.resolve(flags, Map.of()), setting)).isEqualTo(effect.value());
            }));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> everySettingIsAVariableToo() {
        Map<Setting<?>, Effect> effects = effects();
        return effects.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey().environment(), () -> {
                    Map<String, String> environment = new LinkedHashMap<>();
                    environment.put("LANDWAITER_TLS_CERT", file.toString());
                    environment.put("LANDWAITER_TLS_KEY", file.toString());
                    environment.put("LANDWAITER_TRUST_ROOT_REFRESH", "6h");
                    environment.put("LANDWAITER_TUF_MIRROR", "https://tuf.test");
                    companions(entry.getKey()).forEach((other, text) -> environment.put(other.environment(), text));
                    environment.put(
                            entry.getKey().environment(), entry.getValue().text());

                    assertThat(value(Settings.resolve(Map.of(), environment), entry.getKey()))
                            .isEqualTo(entry.getValue().value());
                }))
                .toList();
    }

    /** An authority and the names that it signs need each other. */
    private Map<Setting<?>, String> companions(Setting<?> setting) {
        if (setting.equals(SettingRows.TLS_SECRET)) {
            // the controller writes that Secret, and may share its settings with a webhook that reads files
            return Map.of(SettingRows.AUTHORITY_SECRET, "landwaiter-authority");
        }
        if (setting.equals(SettingRows.CLIENT_CA) || setting.equals(SettingRows.CLIENT_NAMES)) {
            return Map.of(SettingRows.CLIENT_CA, file.toString(), SettingRows.CLIENT_NAMES, "x");
        }
        return setting.equals(SettingRows.FRONT_PROXY_CA) || setting.equals(SettingRows.FRONT_PROXY_NAMES)
                ? Map.of(SettingRows.FRONT_PROXY_CA, file.toString(), SettingRows.FRONT_PROXY_NAMES, "x")
                : Map.of();
    }

    @Test
    @Tag("attack-62")
    void anAuthorityAloneIsNoIdentity() {
        refuses(Map.of("--client-ca", List.of(file.toString()), "--front-proxy-names", List.of("a")), Map.of(), """
                Could not use the settings: 2 mistakes.
                  - --client-ca is set without --client-names: an authority alone is no identity (a cluster's own signs every kubelet's certificate); name the certificate that counts, by its common name or a DNS name or URI of it
                  - --front-proxy-names is set without --front-proxy-ca: set both or neither
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    @Tag("attack-62")
    void aTrustedNetworkWouldMakeACertificateWorthless() {
        refuses(
                Map.of(
                        "--client-ca", List.of(file.toString()),
                        "--client-names", List.of("api"),
                        "--trust-network", List.of("true")),
                Map.of(),
                """
                Could not use the settings: 1 mistake.
                  - --trust-network and --client-ca are both set: everyone who reaches the port would count as the API server, whatever certificate they show; drop one of them
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void reviewsOfTheLargestSizeMustFindRoom() {
        refuses(Map.of("--limit", List.of("review-bytes=33554432", "review-bytes-at-once=67108864")), Map.of(), """
                Could not use the settings: 1 mistake.
                  - --limit review-bytes-at-once=67108864 is less than 4 times the limit review-bytes of 33554432: a review of that size would find no room; raise the one or lower the other
                Fix them; docs/settings.md lists every setting.""");
    }

    /** Limits have no equality of their own: the one that the example changes stands for them. */
    private static Object value(Settings settings, Setting<?> setting) {
        Object value = settings.find(setting).map(Object.class::cast).orElse("none");
        return value instanceof Limits limits ? limits.get(Limit.REDIRECTS) : value;
    }

    @Test
    void theListOfRowsHoldsEveryRow() {
        List<Object> declared = new ArrayList<>();
        for (java.lang.reflect.Field field : SettingRows.class.getFields()) {
            if (field.getType() == Setting.class) {
                try {
                    declared.add(field.get(null));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }

        assertThat(declared).containsExactlyInAnyOrderElementsOf(SettingRows.ALL);
    }

    @Test
    void aFlagWinsOverItsVariableAndTheLastOfTwoFlagsWins() {
        Settings settings = Settings.resolve(
                Map.of("--log-level", List.of("error", "warn")), Map.of("LANDWAITER_LOG_LEVEL", "debug"));

        assertThat(settings.get(SettingRows.LOG_LEVEL)).isEqualTo(LogLevel.WARN);
    }

    @Test
    void aRepeatableVariableHoldsSeveralValuesWithCommas() {
        Settings settings =
                Settings.resolve(Map.of(), Map.of("LANDWAITER_ALLOW_ADDRESS", "127.0.0.0/8, fd00::/8,registry.test,"));

        assertThat(settings.get(SettingRows.ALLOW_ADDRESS)).containsExactly("127.0.0.0/8", "fd00::/8", "registry.test");
    }

    @Test
    void theCustomaryProxyVariablesCountWhereOursSayNothing() {
        Settings settings = Settings.resolve(
                Map.of(), Map.of("https_proxy", "proxy.corp:3128", "NO_PROXY", "10.0.0.0/8,.corp", "HTTPS_PROXY", ""));

        assertThat(settings.find(SettingRows.HTTPS_PROXY)).contains(URI.create("http://proxy.corp:3128"));
        assertThat(settings.get(SettingRows.NO_PROXY)).containsExactly("10.0.0.0/8", ".corp");
    }

    @Test
    void everyMistakeIsReportedAtOnce() {
        refuses(
                Map.of("--listen", List.of("8443"), "--tag-ttl", List.of("10"), "--listne", List.of("x")),
                Map.of(
                        "LANDWAITER_NO_MATCH",
                        "block",
                        "LANDWAITER_NO_MACTH",
                        "deny",
                        "LANDWAITER_LIMIT",
                        "redirects=0"),
                """
                Could not use the settings: 6 mistakes.
                  - --listen "8443": expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443
                  - --no-match "block" (from LANDWAITER_NO_MATCH): expected one of admit, warn, deny
                  - --tag-ttl "10": expected a duration from 0 to 24h, for instance 500ms, 10s or 2m
                  - --limit "redirects=0" (from LANDWAITER_LIMIT): expected a number of redirects above 0 for 'redirects'
                  - --listne: there is no such flag; did you mean --listen?
                  - LANDWAITER_NO_MACTH: there is no such setting; did you mean LANDWAITER_NO_MATCH?
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void aSecretIsNeverShown() {
        refuses(Map.of(), Map.of("LANDWAITER_HTTPS_PROXY", "https://user:hunter2@proxy:1"), """
                Could not use the settings: 1 mistake.
                  - --https-proxy (not shown) (from LANDWAITER_HTTPS_PROXY): expected http://[USER:PASSWORD@]HOST:PORT
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void settingsThatContradictOneAnotherAreRefused() {
        refuses(
                Map.of(
                        "--tls-cert", List.of(file.toString()),
                        "--kubeconfig", List.of(file.toString()),
                        "--cluster", List.of("off"),
                        "--listen", List.of("127.0.0.1:8080")),
                Map.of(),
                """
                Could not use the settings: 3 mistakes.
                  - --tls-cert is set without --tls-key: set both or neither
                  - --kubeconfig names a cluster and --cluster off forbids one: drop one of them
                  - --listen and --management-listen are both 127.0.0.1:8080: give each its own port
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void certificatesThatContradictEachOtherAreToldAtOnce() {
        refuses(
                Map.of(
                        "--tls-cert", List.of(file.toString()),
                        "--tls-key", List.of(file.toString()),
                        "--tls-secret", List.of("landwaiter-tls"),
                        "--webhook-configuration", List.of("landwaiter"),
                        "--cluster", List.of("off"),
                        "--authority-lifetime", List.of("10h"),
                        "--certificate-lifetime", List.of("6h")),
                Map.of(),
                """
                Could not use the settings: 4 mistakes.
                  - --tls-secret and --tls-cert are both set: say in one way which certificate is served
                  - --tls-secret names an object of the cluster and --cluster off forbids one: drop one of them
                  - --webhook-configuration names an object of the cluster and --cluster off forbids one: drop one of them
                  - --authority-lifetime is less than twice --certificate-lifetime: its successor would not be trusted in time; raise the one or lower the other
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void whatARefreshNeedsIsToldAtOnce() {
        refuses(
                Map.of(
                        "--tuf-root", List.of(file.toString()),
                        "--tuf-cache", List.of(folder.toString())),
                Map.of(),
                """
                Could not use the settings: 3 mistakes.
                  - --tuf-root is set and nothing is refreshed: set --trust-root-refresh too, for instance to 6h
                  - --tuf-cache is set and nothing is refreshed: set --trust-root-refresh too, for instance to 6h
                  - --tuf-root is set without --tuf-mirror: say where that repository is; sigstore's own needs neither
                Fix them; docs/settings.md lists every setting.""");
        refuses(
                Map.of("--trust-root-refresh", List.of("10s"), "--tuf-mirror", List.of("https://user:pw@tuf.test/?a")),
                Map.of(),
                """
                Could not use the settings: 2 mistakes.
                  - --trust-root-refresh "10s": expected a duration from 60s to 168h, for instance 500ms, 10s or 2m
                  - --tuf-mirror "https://user:pw@tuf.test/?a": expected https://HOST[:PORT][/PATH], for instance https://tuf-repo-cdn.sigstore.dev
                Fix them; docs/settings.md lists every setting.""");
    }

    @Test
    void whatTheClusterSetsForServicesOfOurNameIsNoSetting() {
        Settings settings = Settings.resolve(
                Map.of(),
                Map.of(
                        "LANDWAITER_SERVICE_HOST", "10.0.0.1",
                        "LANDWAITER_SERVICE_PORT", "443",
                        "LANDWAITER_SERVICE_PORT_HTTPS", "443",
                        "LANDWAITER_PORT", "tcp://10.0.0.1:443",
                        "LANDWAITER_PORT_443_TCP_ADDR", "10.0.0.1",
                        "LANDWAITER_WEBHOOK_PORT_443_TCP", "tcp://10.0.0.1:443",
                        "LANDWAITER_MODE", "webhook"));

        assertThat(settings.get(SettingRows.LISTEN)).isEqualTo(new HostPort("0.0.0.0", 8443));
    }

    @Test
    void aMissingFileIsAMistake() {
        Path missing = folder.resolve("missing");
        refuses(
                Map.of("--policies", List.of(missing.toString()), "--client-ca", List.of(folder.toString())),
                Map.of(),
                """
                Could not use the settings: 2 mistakes.
                  - --client-ca "%s": expected a file that can be read
                  - --policies "%s": expected a folder that can be read, and there is nothing of that name
                Fix them; docs/settings.md lists every setting.""".formatted(folder, missing));
    }

    private static void refuses(Map<String, List<String>> flags, Map<String, String> environment, String message) {
        assertThatThrownBy(() -> Settings.resolve(flags, environment))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.SETTING_INVALID))
                .hasMessage(message);
    }
}
